/** Computes the rung to come of every undelivered copy again after the calendar or a ladder changed. */
import { readWorkingCalendar } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Platform } from '#foundation/platform';
import {
  listRungsToCome,
  moveRungs,
  readLadders,
  readRungVersions,
  setRungVersions,
} from '../store/ladder-rows.ts';
import type { MovedRung, RungToCome } from '../store/ladder-rows.ts';
import { ladderFor, rungsFor } from './ladder.ts';

const maxCopies = 500;

/**
 * Returns how many moved; undefined where nothing changed since the last time. Two at once do the same twice. A copy that
 * is inserted behind it by what was in force before is put right when its rung comes: `climbLadder` looks again.
 */
export async function recomputeRungs({ database }: Pick<Platform, 'database'>): Promise<number | undefined> {
  const { former, calendar, ladders } = await inTransaction(database.app, {}, async (tx) => ({
    former: await readRungVersions(tx),
    calendar: await readWorkingCalendar(tx),
    ladders: await readLadders(tx),
  }));
  if (former.calendar === calendar.version && former.ladder === ladders.version) return undefined;
  let movedCopies = 0;
  let after: RungToCome | undefined;
  do {
    const copies = await inTransaction(database.app, {}, (tx) =>
      listRungsToCome(tx, { after, maxRows: maxCopies }),
    );
    after = copies.length < maxCopies ? undefined : copies.at(-1);
    const moved = copies.flatMap((copy): MovedRung[] => {
      const rungs = rungsFor(ladderFor(ladders, copy.priority), copy.since, calendar);
      // Where the new ladder is shorter, what is left of it is its end.
      const to = Math.min(copy.rung, rungs.length - 1);
      const dueAt = rungs[to]!.at;
      if (to === copy.rung && copy.dueAt?.equals(dueAt)) return [];
      const { organisationId, deliveryId } = copy;
      return [{ organisationId, deliveryId, from: copy.rung, to, dueAt }];
    });
    const organisations = [...new Set(moved.map(({ organisationId }) => organisationId))];
    if (moved.length > 0) await inTransaction(database.app, { organisations }, (tx) => moveRungs(tx, moved));
    movedCopies += moved.length;
  } while (after);
  await inTransaction(database.app, {}, (tx) =>
    setRungVersions(tx, { calendar: calendar.version, ladder: ladders.version }),
  );
  return movedCopies;
}
