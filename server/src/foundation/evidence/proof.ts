import type { Transaction } from '#foundation/db';
import { readRoots } from './log-tree.ts';
import { findLeafIndex, readNewestCheckpoint } from './store/log.ts';
import { findStampedCheckpoint } from './store/time-stamps.ts';
import type { TlogProof } from './tlog-proof.ts';
import { planInclusion } from './tree-proof.ts';

/**
 * The way from an entry to the first time-stamped checkpoint that covers it, else to the newest one; undefined while it is
 * not under a signed one.
 */
export async function proofFor(tx: Transaction, payloadDigest: Uint8Array): Promise<TlogProof | undefined> {
  const index = await findLeafIndex(tx, payloadDigest);
  if (index === undefined) return undefined;
  const stamped = await findStampedCheckpoint(tx, index);
  const checkpoint = stamped ?? (await readNewestCheckpoint(tx));
  if (!checkpoint || checkpoint.size <= index) return undefined;
  const hashes = await readRoots(tx, planInclusion(index, checkpoint.size));
  return { index, hashes, checkpoint: checkpoint.note, ...(stamped && { timeStamp: stamped.token }) };
}
