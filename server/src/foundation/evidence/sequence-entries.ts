import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { leafHashOf } from './entry.ts';
import { refuse } from './refusals.ts';
import { advanceHead, insertLeaves, insertTiles, lockHead, takePending } from './store/log.ts';
import { appendLeaves } from './tree-writer.ts';

/** One transaction takes so many at most: about 100 ms, in which another process waits for the head. */
export const maxBatchEntries = 2_000;

/**
 * Gives the next waiting entries their leaves and returns how many. All in one transaction, so an entry is either
 * waiting or in the tree; any number of processes may try at once.
 */
export async function sequenceEntries(pool: pg.Pool, known: { readonly size: number }): Promise<number> {
  return inTransaction(pool, {}, async (tx) => {
    const head = await lockHead(tx);
    // Writing on after a restore would take the leaf numbers that the lost tail needs to be replayed.
    if (head.size < known.size) throw refuse('fork', { size: known.size });
    const entries = await takePending(tx, maxBatchEntries);
    if (entries.length === 0) return 0;
    const leafHashes = entries.map(({ payloadDigest }) => leafHashOf(payloadDigest));
    const appended = appendLeaves(head, leafHashes);
    await insertLeaves(
      tx,
      entries.map((entry, position) => ({ index: head.size + position, entry })),
    );
    await insertTiles(tx, appended.tiles);
    await advanceHead(tx, head, appended.head);
    return entries.length;
  });
}
