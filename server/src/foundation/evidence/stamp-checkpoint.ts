/** Has a checkpoint stamped where one is due, and stores the stamp once it is verified. */
import type pg from 'pg';
import { requestTimeStamp, type Fault, type TimeStampService } from '#foundation/crypto';
import { inTransaction } from '#foundation/db';
import { assert } from '#foundation/refusal';
import { parseCheckpoint } from './checkpoint.ts';
import { readCheckpointToCosign } from './store/cosignatures.ts';
import { readNewestCheckpoint } from './store/log.ts';
import { insertTimeStamp, readNewestTimeStamp } from './store/time-stamps.ts';
import { stampedDigest } from './time-stamp.ts';

export interface CheckpointStamping {
  /** Connected as the sequencer. */
  readonly pool: pg.Pool;
  readonly service: TimeStampService;
  readonly everySeconds: number;
  /** Where witnesses cosign, the one that they are asked for is stamped, so that a receipt can bear both. */
  readonly isWitnessed?: boolean;
  readonly signal?: AbortSignal;
}

export type StampingOutcome =
  | { readonly outcome: 'nothing due' }
  | { readonly outcome: 'stamped'; readonly size: number }
  | { readonly outcome: 'failed'; readonly fault: Fault };

/** Nothing is held while the authority is asked: neither a connection nor a lock. */
export async function stampCheckpoint(stamping: CheckpointStamping): Promise<StampingOutcome> {
  const { pool, service, signal } = stamping;
  const due = await inTransaction(pool, {}, async (tx) => {
    const newest = await (stamping.isWitnessed ? readCheckpointToCosign(tx) : readNewestCheckpoint(tx));
    const stamped = await readNewestTimeStamp(tx);
    const isRecent = stamped && tx.now.since(stamped.storedAt).total('seconds') < stamping.everySeconds;
    return newest && newest.size !== stamped?.size && !isRecent ? newest : undefined;
  });
  if (!due) return { outcome: 'nothing due' };

  const checkpoint = parseCheckpoint(due.note);
  assert(checkpoint, 'what is published is a checkpoint');
  const stamp = await requestTimeStamp(service, stampedDigest(checkpoint), signal);
  if (!stamp.ok) return { outcome: 'failed', fault: stamp };
  const { token, authority, at } = stamp;
  await inTransaction(pool, {}, (tx) =>
    insertTimeStamp(tx, { size: due.size, token, authority, stampedAt: at }),
  );
  return { outcome: 'stamped', size: due.size };
}
