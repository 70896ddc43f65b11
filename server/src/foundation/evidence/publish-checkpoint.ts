/** Signs the committed head, and refuses to when that would contradict what was signed before. */
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { parseCheckpoint, signCheckpoint, type LogSigner } from './checkpoint.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { readRootAt } from './log-tree.ts';
import { emptyRoot } from './merkle.ts';
import { refuse } from './refusals.ts';
import { insertCheckpoint, readHead, readNewestCheckpoint } from './store/log.ts';

export interface KnownHead {
  readonly size: number;
  readonly root: Buffer;
}

export interface Log {
  readonly pool: pg.Pool;
  readonly origin: string;
  /** Names that the log had before: the newest published checkpoint may still bear one of them. */
  readonly formerOrigins?: readonly string[];
  readonly archive: CheckpointArchive;
}

/** Returns the size that is now published, or undefined when there is nothing new. */
export async function publishCheckpoint(log: Log, signer: LogSigner): Promise<number | undefined> {
  const archived = await log.archive.newest(log.origin);
  const { head, published, at } = await inTransaction(log.pool, {}, async (tx) => {
    const published = await readNewestCheckpoint(tx);
    const head = await readHead(tx);
    // The head's own root too: what is signed was computed from the tiles, not taken on trust from one column.
    for (const known of [archived, published, head]) {
      if (known) await assertHeadExtends(tx, known);
    }
    return { head, published, at: tx.now };
  });
  if (head.size === 0 || head.size === published?.size) return undefined;

  const note = signCheckpoint(head, signer);
  // Kept before it is published: nobody may have seen a checkpoint that we could forget. After a crash between the
  // two the same head gives the same note, which need not be kept twice.
  if (archived?.size !== head.size) await log.archive.keep(note);
  await inTransaction(log.pool, {}, (tx) =>
    insertCheckpoint(tx, { size: head.size, root: head.root, note, signedAt: at }),
  );
  return head.size;
}

/** The newest checkpoint known anywhere, after having checked that the stored tree extends it. */
export async function verifyHistory(log: Log): Promise<KnownHead> {
  const archived = await log.archive.newest(log.origin);
  return inTransaction(log.pool, {}, async (tx) => {
    const published = await readNewestCheckpoint(tx);
    const publishedOrigin = published && parseCheckpoint(published.note)?.origin;
    const origins = [log.origin, ...(log.formerOrigins ?? [])];
    if (published && !origins.includes(publishedOrigin ?? '')) {
      throw new Error(`this log is ${publishedOrigin}, but the configured origin is ${log.origin}`);
    }
    let newest: KnownHead = { size: 0, root: emptyRoot };
    for (const known of [archived, published]) {
      if (!known) continue;
      await assertHeadExtends(tx, known);
      if (known.size > newest.size) newest = known;
    }
    return newest;
  });
}

type Transaction = Parameters<typeof readHead>[0];

/**
 * The tree of `known.size` leaves that the stored tiles hold must be the one that was signed. The checkpoint was read
 * before the head: a head that is smaller then cannot be merely behind.
 */
async function assertHeadExtends(tx: Transaction, known: KnownHead): Promise<void> {
  const head = await readHead(tx);
  if (head.size < known.size || !(await readRootAt(tx, known.size)).equals(known.root)) {
    throw refuse('fork', { size: known.size });
  }
}
