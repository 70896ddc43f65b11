/** How far the log is behind, for readiness, metrics and acceptance. */
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { refuse } from './refusals.ts';
import { readBacklog } from './store/log.ts';

/**
 * So many entries may wait to be under a signed checkpoint; then acceptance answers 503. At the rates this server is
 * built for that is some minutes of full load, and hours of an ordinary day, without the log key.
 */
export const maxPendingEntries = 200_000;

export interface LogStatus {
  /** Entries that are not under a signed checkpoint: those without a leaf and those beyond the newest checkpoint. */
  readonly waiting: number;
  /** Of these, entries without a leaf (counted up to the bound). */
  readonly pending: number;
  readonly size: number;
  readonly checkpointSize: number;
  /** Null before the first checkpoint. */
  readonly checkpointAgeSeconds: number | null;
}

/** Works as any of the three roles. */
export async function logStatus(pool: pg.Pool): Promise<LogStatus> {
  return inTransaction(pool, {}, async (tx) => {
    const { pending, headSize, checkpointSize, checkpointAt } = await readBacklog(tx, maxPendingEntries + 1);
    return {
      waiting: pending + headSize - checkpointSize,
      pending,
      size: headSize,
      checkpointSize,
      checkpointAgeSeconds: checkpointAt && tx.now.since(checkpointAt).total('seconds'),
    };
  });
}

export interface BacklogGate {
  /** Refuses `evidence.log_behind` when too much waits. */
  assertAccepting(): Promise<void>;
}

/** Asked by every acceptance, it asks the database once a second. */
export function createBacklogGate(pool: pg.Pool, bound: number = maxPendingEntries): BacklogGate {
  const freshMilliseconds = 1_000;
  let asked: { readonly at: number; readonly waiting: Promise<number> } | undefined;
  return {
    async assertAccepting() {
      if (!asked || performance.now() - asked.at > freshMilliseconds) {
        const waiting = logStatus(pool).then((status) => status.waiting);
        asked = { at: performance.now(), waiting };
        // A failure is not remembered: the next caller asks again.
        waiting.catch(() => (asked = undefined));
      }
      const waiting = await asked.waiting;
      if (waiting >= bound) throw refuse('log_behind', { waiting });
    },
  };
}
