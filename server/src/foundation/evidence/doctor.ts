/**
 * `doctor --evidence`: reads the log and says what of it does not hold: all of it, or what came since an inspection
 * before and a random part of what that one had seen. It knows only the trust file, the archive, the database, which it
 * reads in one snapshot and in bounded memory, and what the inspection before remembered.
 */
import type pg from 'pg';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';
import { publicKeyFromRaw } from './ed25519.ts';
import { finding, type Finding } from './finding.ts';
import { inspectArchive, isOfLostTail, readSigned } from './inspect-checkpoints.ts';
import { inspectCosignatures } from './inspect-cosignatures.ts';
import { inspectEntry } from './inspect-entry.ts';
import { tileLeaves, type InspectedLog } from './inspect-page.ts';
import { inspectSample } from './inspect-sample.ts';
import { inspectTimeStamps } from './inspect-time-stamps.ts';
import { inspectTree, type InspectedTree, type Progress } from './inspect-tree.ts';
import { signedSizeOf, type InspectedPlace } from './inspected-place.ts';
import {
  everything,
  scopeBehind,
  subjectsIn,
  type InspectionScope,
  type Remembered,
} from './inspection-scope.ts';
import { signedLogsOf } from './log-key.ts';
import {
  hasPublished,
  readDatabaseTime,
  readInspectedPending,
  readOrphanedDetails,
  readUnloggedAbout,
  readUnloggedEntries,
  type InspectedSubject,
  type Snapshot,
} from './store/inspection.ts';
import { timestampAnchorsOf } from './time-stamp.ts';
import type { Trust } from './trust.ts';
import { witnessPolicyOf } from './witness-policy.ts';

export interface EvidenceInspection {
  /** Connected as the owner of the tables, who alone may read all of them. */
  readonly owner: pg.Pool;
  readonly archive: CheckpointArchive;
  readonly trust: Trust;
  /** Where an inspection before came to. Without it, and where it does not fit the log, everything is inspected. */
  readonly remembered?: InspectedPlace | undefined;
  /** How much of what was inspected before is inspected again, of 1. */
  readonly sampleShare?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** At the end. */
  readonly onInspected?: (extent: InspectedExtent) => void;
  /**
   * What else belongs to the evidence, such as the stored packages; inspected in the same snapshot, at the end. The
   * subjects of the entries that were inspected, in pages; undefined stands for everything.
   */
  readonly also?: (
    snapshot: Snapshot,
    subjects: AsyncIterable<readonly InspectedSubject[]> | undefined,
  ) => AsyncIterable<Finding>;
}

export interface InspectedExtent {
  readonly isWhole: boolean;
  readonly newEntries: number;
  /** Of those that were inspected before. */
  readonly sampledEntries: number;
  /** To be remembered if nothing was found; undefined while no checkpoint is published. */
  readonly place: InspectedPlace | undefined;
}

/** Findings as they come; none means that everything holds. Blocks nobody, but keeps one old snapshot open. */
export async function* inspectEvidence(inspection: EvidenceInspection): AsyncGenerator<Finding> {
  const { owner, archive, trust, remembered } = inspection;
  const logs = signedLogsOf(trust);
  const receiptKeys = new Map(
    trust.receiptKeys.map((key) => [key.kid, publicKeyFromRaw(Buffer.from(key.publicKey, 'base64url'))]),
  );
  const log: InspectedLog = { logs, receiptKeys, unpublished: new Map() };
  const onProgress = inspection.onProgress ?? (() => undefined);

  const client = await owner.connect();
  const snapshot: Snapshot = {
    query: async (text, parameters = []) => (await client.query(text, parameters as unknown[])).rows,
  };
  let broken: Error | undefined;
  // A connection that breaks between two statements would end the process if nobody heard it.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    const signed = remembered && (await findRemembered(snapshot, log, remembered));
    const scope = signed ? scopeBehind(signed, inspection.sampleShare ?? 0) : everything;
    // The archive first: what is signed while we read it belongs to a tree that the snapshot then has.
    yield* inspectArchive(archive, snapshot, { ...log, scope });
    await client.query(`begin isolation level repeatable read read only`);
    await client.query(`set local timezone = 'UTC'`);
    const inspectedAt = await readDatabaseTime(snapshot);
    const tree = yield* inspectTree(snapshot, log, { scope, onProgress });
    if (signed) yield* inspectSample(snapshot, log, { signed, sample: scope.sample });
    yield* inspectPending(snapshot, log);
    yield* scope === everything
      ? inspectLeftovers(snapshot)
      : inspectUnlogged(snapshot, subjectsIn(snapshot, scope, tree.size));
    yield* inspectCosignatures(snapshot, { policy: witnessPolicyOf(trust), since: scope.since });
    yield* inspectTimeStamps(snapshot, { anchors: timestampAnchorsOf(trust), since: scope.since });
    const subjects = signed && subjectsIn(snapshot, scope, tree.size);
    if (inspection.also) yield* inspection.also(snapshot, subjects);
    inspection.onInspected?.(extentOf(tree, scope, { remembered: signed && remembered, inspectedAt }));
  } finally {
    await client.query('rollback').catch((error: Error) => (broken = error));
    client.off('error', onBroken);
    client.release(broken);
  }
}

/** A place that fits this log. Of one that does not, the checkpoint still has to be found in the tree. */
async function findRemembered(
  snapshot: Snapshot,
  { logs, unpublished }: InspectedLog,
  remembered: InspectedPlace,
): Promise<Remembered | undefined> {
  const { checkpoint, rows, inspectedAt: at } = remembered;
  const signed = readSigned(checkpoint, logs);
  if (!signed) return undefined;
  const size = signedSizeOf(remembered, logs);
  if (await hasPublished(snapshot, signed.size, checkpoint))
    return size === undefined ? undefined : { size, rows, at };
  if (!isOfLostTail(signed, logs)) {
    unpublished.set(signed.size, [{ place: 'of the inspection before', root: signed.root }]);
  }
  return undefined;
}

function extentOf(
  tree: InspectedTree,
  { start, sample, since }: InspectionScope,
  {
    remembered,
    inspectedAt,
  }: { readonly remembered: InspectedPlace | undefined; readonly inspectedAt: Temporal.Instant },
): InspectedExtent {
  const wholeAt = remembered?.wholeAt ?? inspectedAt;
  const { note, rows } = tree.signed ?? { note: remembered?.checkpoint, rows: remembered?.rows };
  return {
    isWhole: since === null,
    newEntries: tree.size - start,
    sampledEntries: sample.size * tileLeaves,
    place: note === undefined || !rows ? undefined : { checkpoint: note, rows, inspectedAt, wholeAt },
  };
}

const pagePending = 4_096;

async function* inspectPending(snapshot: Snapshot, log: InspectedLog): AsyncGenerator<Finding> {
  let start = 0;
  for (;;) {
    const page = await readInspectedPending(snapshot, start, pagePending);
    for (const { entryId, entry, payloadDigest } of page) {
      const where = `entry ${entryId}`;
      if (!entry) {
        yield finding('entry_missing', `the queue's ${where}`);
        continue;
      }
      const findings = await inspectEntry(entryId, entry, log.receiptKeys);
      // No tile can tell yet which of the two is wrong; the signature over the payload can.
      if (sha256(entry.payload).equals(payloadDigest)) yield* findings;
      else yield finding(findings.length > 0 ? 'payload_damaged' : 'pending_damaged', where);
    }
    const last = page.at(-1);
    if (!last || page.length < pagePending) return;
    start = last.position + 1;
  }
}

const maxLeftovers = 1_000;

async function* inspectLeftovers(snapshot: Snapshot): AsyncGenerator<Finding> {
  for (const { id } of await readUnloggedEntries(snapshot, maxLeftovers)) {
    yield finding('entry_unlogged', `entry ${id}`);
  }
  for (const { id } of await readOrphanedDetails(snapshot, maxLeftovers)) {
    yield finding('detail_orphaned', `entry ${id}`);
  }
}

async function* inspectUnlogged(
  snapshot: Snapshot,
  subjects: AsyncIterable<readonly InspectedSubject[]>,
): AsyncGenerator<Finding> {
  for await (const page of subjects) {
    for (const { id } of await readUnloggedAbout(snapshot, page, maxLeftovers)) {
      yield finding('entry_unlogged', `entry ${id}`);
    }
  }
}
