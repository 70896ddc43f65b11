/** A witness's cosignature becomes part of the public log: verified, and only by a witness that we are configured with. */
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { parseCheckpoint } from './checkpoint.ts';
import type { WitnessKey } from './cosignature.ts';
import type { NoteSignature } from './note.ts';
import { refuse } from './refusals.ts';
import { insertCosignature, readCosignatures } from './store/cosignatures.ts';
import { readCheckpointUpTo } from './store/log.ts';

export interface CosignatureShelf {
  readonly pool: pg.Pool;
  readonly witnesses: readonly WitnessKey[];
}

/**
 * Takes a signed note: one of our checkpoints with the signature lines of witnesses. Lines of others are ignored, a wrong
 * one of a known witness refuses all. Returns how many were new.
 */
export async function acceptCosignatures(shelf: CosignatureShelf, cosigned: string): Promise<number> {
  const checkpoint = parseCheckpoint(cosigned);
  if (!checkpoint) throw refuse('cosignature_malformed');
  const { size, note } = checkpoint;
  const signatures = note.signatures.filter((signature) =>
    isByWitness(signature, note.text, shelf.witnesses),
  );
  if (signatures.length === 0) throw refuse('cosignature_unwanted');
  return inTransaction(shelf.pool, {}, async (tx) => {
    const published = await readCheckpointUpTo(tx, size);
    // Only what we published ourselves: a cosigned checkpoint that is not ours would be the proof of a fork.
    if (!published || parseCheckpoint(published.note)?.note.text !== note.text) {
      throw refuse('checkpoint_unknown', { size });
    }
    // Most repeats end here, without a write.
    const known = await readCosignatures(tx, size);
    let added = 0;
    for (const signature of signatures) {
      const isKnown = known.some(
        ({ name, keyId }) => name === signature.name && keyId.equals(signature.keyId),
      );
      if (!isKnown && (await insertCosignature(tx, size, signature))) added += 1;
    }
    return added;
  });
}

function isByWitness(
  { name, keyId, signature }: NoteSignature,
  text: string,
  witnesses: readonly WitnessKey[],
): boolean {
  const witness = witnesses.find((known) => known.name === name && known.keyId.equals(keyId));
  if (!witness) return false;
  if (!witness.verify(text, signature)) throw refuse('cosignature_wrong', { name });
  return true;
}
