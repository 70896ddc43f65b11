/** Time-stamps of checkpoints as they are stored and found again. */
import type { Transaction } from '#foundation/db';
import type { StoredCheckpoint } from './log.ts';

export interface NewTimeStamp {
  /** Of the checkpoint that it stamps. */
  readonly size: number;
  readonly token: Buffer;
  readonly authority: string;
  readonly stampedAt: Temporal.Instant;
}

/** Another process may have stamped the same checkpoint: the first stamp stays. */
export async function insertTimeStamp(tx: Transaction, stamp: NewTimeStamp): Promise<void> {
  await tx.query(
    `insert into evidence.time_stamp (size, token, authority, stamped_at)
     values ($1, $2, $3, $4)
     on conflict on constraint time_stamp_pkey do nothing`,
    [stamp.size, stamp.token, stamp.authority, stamp.stampedAt.toString()],
  );
}

export async function readNewestTimeStamp(
  tx: Transaction,
): Promise<{ readonly size: number; readonly storedAt: Temporal.Instant } | undefined> {
  const [row] = await tx.query<{ size: number; stored_at: Temporal.Instant }>(
    'select size, stored_at from evidence.time_stamp order by size desc limit 1',
  );
  return row && { size: row.size, storedAt: row.stored_at };
}

export type StampedCheckpoint = Pick<StoredCheckpoint, 'size' | 'note'> & { readonly token: Buffer };

/** The first stamped checkpoints within the sizes, by size. */
export async function findStampedCheckpoints(
  tx: Transaction,
  sizes: { readonly above: number; readonly atMost: number },
  limit: number,
): Promise<StampedCheckpoint[]> {
  return tx.prepared<StampedCheckpoint>(
    'evidence-find-stamped-checkpoints',
    `select size, note, token
     from evidence.time_stamp
     join evidence.checkpoint using (size)
     where size > $1
       and size <= $2
     order by size
     limit $3`,
    [sizes.above, sizes.atMost, limit],
  );
}
