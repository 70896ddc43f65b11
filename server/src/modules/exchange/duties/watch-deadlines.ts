/** Marks the duties whose time has passed. Nothing happens to a document by it: what is late becomes visible and counted. */
import { inTransaction } from '#foundation/db';
import type { Platform } from '#foundation/platform';
import { createCounts } from '../statistics/daily-count.ts';
import { addCounts } from '../store/count-rows.ts';
import { findOverdue, markLate } from '../store/duty-rows.ts';
import { lockLogPosition } from '../store/log-facts.ts';

const maxDuties = 500;

/** One step; returns how many it marked. Call it again while that is not 0. */
export async function watchDeadlines(
  platform: Pick<Platform, 'database'>,
  { now }: { readonly now?: Temporal.Instant } = {},
): Promise<number> {
  const pool = platform.database.app;
  const overdue = await inTransaction(pool, {}, (tx) =>
    findOverdue(tx, { at: now ?? tx.now, maxRows: maxDuties }),
  );
  if (overdue.length === 0) return 0;
  const organisations = [...new Set(overdue.map(({ organisationId }) => organisationId))];
  return inTransaction(pool, { organisations }, async (tx) => {
    if (!(await lockLogPosition(tx))) return 0;
    const late = await markLate(tx, overdue, now ?? tx.now);
    const counts = createCounts();
    for (const key of late) counts.add(key, { late: 1 });
    await addCounts(tx, counts.rows());
    return late.length;
  });
}
