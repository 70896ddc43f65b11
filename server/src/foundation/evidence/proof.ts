import type { Transaction } from '#foundation/db';
import { readBestCheckpoint, withCosignatures } from './cosigned-checkpoint.ts';
import { readRoots } from './log-tree.ts';
import { findLeafIndex } from './store/log.ts';
import type { TlogProof } from './tlog-proof.ts';
import { planInclusion } from './tree-proof.ts';
import type { WitnessPolicy } from './witness-policy.ts';

export interface ProofWish {
  /** Whose cosignatures are worth another checkpoint than the newest. */
  readonly policy?: WitnessPolicy;
  /** For a receipt whose key is distrusted from some size on. */
  readonly maxSize?: number;
}

/** The way from an entry to the checkpoint that says most about it; undefined while it is under no signed one. */
export async function proofFor(
  tx: Transaction,
  payloadDigest: Uint8Array,
  { policy = { quorum: 0, witnesses: [] }, maxSize = Number.MAX_SAFE_INTEGER }: ProofWish = {},
): Promise<TlogProof | undefined> {
  const index = await findLeafIndex(tx, payloadDigest);
  if (index === undefined) return undefined;
  const best = await readBestCheckpoint(tx, { above: index, atMost: maxSize }, policy);
  if (!best) return undefined;
  const hashes = await readRoots(tx, planInclusion(index, best.size));
  const checkpoint = await withCosignatures(tx, best);
  return { index, hashes, checkpoint, ...(best.token && { timeStamp: best.token }) };
}
