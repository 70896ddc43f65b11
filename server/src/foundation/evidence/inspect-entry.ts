/** One entry against itself: its signature, its columns and its detail. */
import { verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { formatDigest, sha256 } from './encoding.ts';
import { finding, type Finding } from './finding.ts';
import { signingInput } from './receipt.ts';
import type { InspectedEntry } from './store/inspection.ts';

// On the thread pool, so that all cores verify.
const verifySignature = promisify(verify);

type StoredEntry = NonNullable<InspectedEntry['entry']>;

/** Of an entry whose payload is known to be the logged one. */
export async function inspectEntry(
  entryId: string,
  entry: StoredEntry,
  receiptKeys: ReadonlyMap<string, KeyObject>,
): Promise<Finding[]> {
  const where = `entry ${entryId}`;
  const findings: Finding[] = [];
  const key = receiptKeys.get(entry.keyId);
  if (!key || !(await verifySignature(null, signingInput(entry), key, entry.signature))) {
    findings.push(finding('signature_damaged', where));
  }
  findings.push(...inspectColumns(where, entry), ...inspectDetail(entryId, entry));
  return findings;
}

function inspectColumns(where: string, entry: StoredEntry): Finding[] {
  const payload = readPayload(entry.payload);
  const isSame =
    payload.kind === entry.kind &&
    payload.subject === entry.subjectId &&
    payload.at === entry.recordedAt.toString({ smallestUnit: 'millisecond' }) &&
    entry.recordedAt.epochNanoseconds % 1_000_000n === 0n &&
    payload.detail === (entry.detailDigest ? formatDigest(entry.detailDigest) : undefined);
  return isSame ? [] : [finding('entry_damaged', where)];
}

/** A detail may be gone only where an entry says that it was erased; that entry is inspected like any other. */
function inspectDetail(entryId: string, { payload, detail, erasures }: StoredEntry): Finding[] {
  const where = `entry ${entryId}`;
  const committed = readPayload(payload).detail;
  if (detail === null) {
    const isErased = erasures.some((erasure) => claimedEntry(erasure) === entryId);
    return committed === undefined || isErased ? [] : [finding('detail_missing', where)];
  }
  return committed === formatDigest(sha256(detail)) ? [] : [finding('detail_damaged', where)];
}

function claimedEntry(erasure: Buffer): unknown {
  const { claims } = readPayload(erasure);
  return typeof claims === 'object' && claims !== null && 'entry' in claims ? claims.entry : undefined;
}

function readPayload(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(payload.toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    // Then nothing of it agrees with the columns, which is what is reported.
    return {};
  }
}
