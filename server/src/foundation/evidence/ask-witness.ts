/** One request to one witness: the log shows it a checkpoint with the proof, and keeps the cosignature. */
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { acceptCosignatures } from './accept-cosignature.ts';
import type { WitnessKey } from './cosignature.ts';
import { formatCosigningRequest } from './cosigning-request.ts';
import { decodeDecimal } from './encoding.ts';
import { readRoots } from './log-tree.ts';
import { readCheckpointToCosign, readCosignedSize } from './store/cosignatures.ts';
import { readNewestCheckpoint, type StoredCheckpoint } from './store/log.ts';
import { askStranger, below, type Answer } from './stranger.ts';
import { planConsistency } from './tree-proof.ts';

export interface WitnessAddress {
  readonly key: WitnessKey;
  /** Its submission prefix, which is also where it shows what it keeps. */
  readonly url: URL;
}

const withinMilliseconds = 10_000;
/** Some signature lines. */
const maxAnswerBytes = 16 * 1024;

/**
 * - `cosigned`: there is a new cosignature.
 * - `idle`: it has cosigned what there is.
 * - `ahead`: it says that it cosigned more than we ever published.
 * - `contradicted`: it says that our checkpoint does not extend what it cosigned.
 */
export type Outcome = 'cosigned' | 'idle' | 'ahead' | 'contradicted';

/** Throws when the witness gave no answer that could be used; that is tried again later. */
export async function askWitness(
  pool: pg.Pool,
  witness: WitnessAddress,
  signal: AbortSignal,
): Promise<Outcome> {
  const { checkpoint, cosignedSize } = await inTransaction(pool, {}, async (tx) => ({
    checkpoint: await readCheckpointToCosign(tx),
    cosignedSize: await readCosignedSize(tx, witness.key),
  }));
  if (!checkpoint || cosignedSize >= checkpoint.size) return 'idle';
  let answer = await show(pool, witness, { checkpoint, oldSize: cosignedSize, signal });
  if (answer.status === 409) {
    const known = sizeIn(answer);
    if (known > checkpoint.size) return (await isPublished(pool, known)) ? 'idle' : 'ahead';
    // Where we were restored, or its answer was lost, it knows better than we do where it stands.
    answer = await show(pool, witness, { checkpoint, oldSize: known, signal });
  }
  if (answer.status === 422) return 'contradicted';
  if (answer.status !== 200) {
    const said = answer.content.toString('utf8').slice(0, 200).trim();
    throw new Error(`${witness.key.name} answers ${answer.status} to checkpoint ${checkpoint.size}: ${said}`);
  }
  // Concatenated as the specification says: what is not a signature line makes it no note.
  const cosigned = checkpoint.note + answer.content.toString('utf8');
  await acceptCosignatures({ pool, witnesses: [witness.key] }, cosigned);
  return 'cosigned';
}

async function show(
  pool: pg.Pool,
  { url }: WitnessAddress,
  {
    checkpoint,
    oldSize,
    signal,
  }: { readonly checkpoint: StoredCheckpoint; readonly oldSize: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const proof = await inTransaction(pool, {}, (tx) =>
    readRoots(tx, planConsistency(oldSize, checkpoint.size)),
  );
  // No transaction is open while a stranger takes his time.
  return askStranger({
    url: below(url, 'add-checkpoint'),
    body: formatCosigningRequest({ oldSize, proof, checkpoint: checkpoint.note }),
    signal,
    withinMilliseconds,
    limitBytes: maxAnswerBytes,
  });
}

function sizeIn({ type, content }: Answer): number {
  const text = content.toString('latin1');
  const size = text.endsWith('\n') ? decodeDecimal(text.slice(0, -1)) : undefined;
  if (type !== 'text/x.tlog.size' || size === undefined) throw new Error('a 409 without the size it knows');
  return size;
}

/** Another of our processes may have shown it a newer checkpoint meanwhile. */
async function isPublished(pool: pg.Pool, size: number): Promise<boolean> {
  const newest = await inTransaction(pool, {}, readNewestCheckpoint);
  return newest !== undefined && newest.size >= size;
}
