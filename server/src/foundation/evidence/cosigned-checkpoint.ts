/** Checkpoints as they are shown: with the cosignatures that witnesses gave, and the best of them for a proof. */
import type { Transaction } from '#foundation/db';
import { formatNote, parseNote } from './note.ts';
import { assert } from '#foundation/refusal';
import { findWitnessedSize, readCosignatures } from './store/cosignatures.ts';
import { readCheckpointUpTo, type StoredCheckpoint } from './store/log.ts';
import { findStampedCheckpoints } from './store/time-stamps.ts';
import type { WitnessPolicy } from './witness-policy.ts';

/** The signed note with the witnesses' signature lines behind the log's. */
export async function withCosignatures(
  tx: Transaction,
  { size, note }: Pick<StoredCheckpoint, 'size' | 'note'>,
): Promise<string> {
  const parsed = parseNote(note);
  assert(parsed, 'a published checkpoint is a signed note');
  return formatNote({ ...parsed, signatures: [...parsed.signatures, ...(await readCosignatures(tx, size))] });
}

export interface Sizes {
  readonly above: number;
  readonly atMost: number;
}

export type BestCheckpoint = Pick<StoredCheckpoint, 'size' | 'note'> & {
  /** Its time-stamp. */
  readonly token?: Buffer;
};

/** So many stamps apart, witnesses that were away for hours are back. */
const maxStampedLookedAt = 10;

/**
 * The first one that bears a time-stamp, no later one saying more; where witnesses are asked for, of those that a quorum
 * cosigned. Else the newest that a quorum cosigned, the first stamped one, the newest.
 */
export async function readBestCheckpoint(
  tx: Transaction,
  sizes: Sizes,
  policy: WitnessPolicy,
): Promise<BestCheckpoint | undefined> {
  const stamped = await findStampedCheckpoints(tx, sizes, maxStampedLookedAt);
  if (policy.quorum > 0) {
    for (const checkpoint of stamped) {
      const itself = { above: checkpoint.size - 1, atMost: checkpoint.size };
      if ((await findWitnessed(tx, itself, policy)) !== undefined) return checkpoint;
    }
    const witnessed = await findWitnessed(tx, sizes, policy);
    if (witnessed !== undefined) return readCheckpointUpTo(tx, witnessed);
  }
  const best = stamped[0] ?? (await readCheckpointUpTo(tx, sizes.atMost));
  return best && best.size > sizes.above ? best : undefined;
}

function findWitnessed(
  tx: Transaction,
  sizes: Sizes,
  { quorum, witnesses }: WitnessPolicy,
): Promise<number | undefined> {
  const keys = witnesses.map(({ key: { name, keyId }, fromSize, untilSize }) => ({
    name,
    keyId,
    fromSize,
    untilSize,
  }));
  return findWitnessedSize(tx, sizes, { quorum, keys });
}
