import type { Transaction } from '#foundation/db';
import { readRoots } from './log-tree.ts';
import { findLeafIndex, readNewestCheckpoint } from './store/log.ts';
import type { TlogProof } from './tlog-proof.ts';
import { planInclusion } from './tree-proof.ts';

/** The way from an entry to the newest checkpoint, or undefined while it is not under a signed one. */
export async function proofFor(tx: Transaction, payloadDigest: Uint8Array): Promise<TlogProof | undefined> {
  const index = await findLeafIndex(tx, payloadDigest);
  if (index === undefined) return undefined;
  const checkpoint = await readNewestCheckpoint(tx);
  if (!checkpoint || checkpoint.size <= index) return undefined;
  const hashes = await readRoots(tx, planInclusion(index, checkpoint.size));
  return { index, hashes, checkpoint: checkpoint.note };
}
