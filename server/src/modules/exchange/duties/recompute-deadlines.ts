/**
 * Computes open deadlines again after the calendar changed. Each that moves keeps what it was and by which calendar it
 * moved, and an entry of the axis says how many did: an explicit, logged act.
 */
import { axisOrganisation, readCalendarChanges, readWorkingCalendar } from '#directory';
import type { WorkingCalendar } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { takeBackLate } from '../store/count-rows.ts';
import { countMoved, listDueFrom, moveDeadlines } from '../store/duty-rows.ts';
import type { DutyKey, MovedDeadline, OpenDuty } from '../store/duty-rows.ts';
import {
  lockLogPosition,
  readLogPosition,
  setComputedCalendar,
  waitForLogPosition,
} from '../store/log-facts.ts';
import { deadlineOf } from './duty.ts';

const maxDuties = 500;

/** Returns how many deadlines moved; undefined where the calendar is the one by which all were computed. */
export async function recomputeDeadlines(
  platform: Pick<Platform, 'database' | 'receipts'>,
): Promise<number | undefined> {
  const pool = platform.database.app;
  const { calendar, changes, former } = await inTransaction(pool, {}, async (tx) => {
    const position = await readLogPosition(tx);
    return {
      former: position.calendarVersion,
      calendar: await readWorkingCalendar(tx),
      changes: await readCalendarChanges(tx, position.calendarVersion),
    };
  });
  const [firstChanged] = changes;
  if (!firstChanged) return undefined;

  // A deadline that ends before the first changed day was counted over days that are as they were.
  const dueFrom = firstChanged.toZonedDateTime('Asia/Ho_Chi_Minh').toInstant();
  let after: DutyKey | undefined;
  do {
    const duties = await inTransaction(pool, {}, (tx) =>
      listDueFrom(tx, { dueFrom, after, maxRows: maxDuties }),
    );
    after = duties.length < maxDuties ? undefined : duties.at(-1);
    await move(platform, movedBy(calendar, duties), calendar.version);
  } while (after);

  const axis = await inTransaction(pool, {}, axisOrganisation);
  return inTransaction(pool, { organisations: [axis.organisationId] }, async (tx) => {
    const position = await lockLogPosition(tx);
    // Somebody else did the same, or a newer calendar is under way: that one's entry tells of it.
    if (position?.calendarVersion !== former) return undefined;
    const moved = await countMoved(tx, calendar.version);
    await record(tx, platform.receipts, {
      kind: 'exchange.deadlines_recomputed',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: axis.organisationId,
      actor: { method: 'axis' },
      claims: { calendar: calendar.version, former, moved },
    });
    await setComputedCalendar(tx, calendar.version);
    return moved;
  });
}

function movedBy(calendar: WorkingCalendar, duties: readonly OpenDuty[]): MovedDeadline[] {
  return duties.flatMap((duty) => {
    const { dueAt } = deadlineOf(calendar, duty);
    if (dueAt.equals(duty.dueAt)) return [];
    const { organisationId, subjectId } = duty;
    return [{ organisationId, subjectId, dueBefore: duty.dueAt, dueAfter: dueAt }];
  });
}

async function move(
  { database }: Pick<Platform, 'database'>,
  moved: readonly MovedDeadline[],
  calendarVersion: number,
): Promise<void> {
  if (moved.length === 0) return;
  const organisations = [...new Set(moved.map(({ organisationId }) => organisationId))];
  await inTransaction(database.app, { organisations }, async (tx) => {
    await waitForLogPosition(tx);
    await takeBackLate(tx, await moveDeadlines(tx, moved, calendarVersion));
  });
}
