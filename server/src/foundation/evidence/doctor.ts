/**
 * `doctor --evidence`: reads the whole log and says what of it does not hold. It knows only the trust file, the
 * archive and the database, which it reads in one snapshot and in bounded memory.
 */
import type pg from 'pg';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';
import { publicKeyFromRaw } from './ed25519.ts';
import { finding, type Finding } from './finding.ts';
import { inspectArchive, type Unpublished } from './inspect-checkpoints.ts';
import { inspectCosignatures } from './inspect-cosignatures.ts';
import { inspectEntry } from './inspect-entry.ts';
import { inspectTimeStamps } from './inspect-time-stamps.ts';
import { inspectTree, type InspectedLog, type Progress } from './inspect-tree.ts';
import { signedLogsOf } from './log-key.ts';
import {
  readInspectedPending,
  readOrphanedDetails,
  readUnloggedEntries,
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
  readonly onProgress?: (progress: Progress) => void;
  /** What else belongs to the evidence, such as the stored packages; inspected in the same snapshot, at the end. */
  readonly also?: (snapshot: Snapshot) => AsyncIterable<Finding>;
}

/** Findings as they come; none means that everything holds. Blocks nobody, but keeps one old snapshot open. */
export async function* inspectEvidence(inspection: EvidenceInspection): AsyncGenerator<Finding> {
  const { owner, archive, trust } = inspection;
  const logs = signedLogsOf(trust);
  const receiptKeys = new Map(
    trust.receiptKeys.map((key) => [key.kid, publicKeyFromRaw(Buffer.from(key.publicKey, 'base64url'))]),
  );
  const unpublished: Unpublished = new Map();
  const onProgress = inspection.onProgress ?? (() => undefined);
  const log: InspectedLog = { logs, receiptKeys, unpublished, onProgress };

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
    // The archive first: what is signed while we read it belongs to a tree that the snapshot then has.
    yield* inspectArchive(archive, snapshot, logs, unpublished);
    await client.query(`begin isolation level repeatable read read only`);
    await client.query(`set local timezone = 'UTC'`);
    yield* inspectTree(snapshot, log);
    yield* inspectPending(snapshot, log);
    yield* inspectLeftovers(snapshot);
    yield* inspectCosignatures(snapshot, { policy: witnessPolicyOf(trust) });
    yield* inspectTimeStamps(snapshot, { anchors: timestampAnchorsOf(trust) });
    if (inspection.also) yield* inspection.also(snapshot);
  } finally {
    await client.query('rollback').catch((error: Error) => (broken = error));
    client.off('error', onBroken);
    client.release(broken);
  }
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
