/** An operator gives the copies of a priority another ladder. Those that wait already go on by it, from their next rung. */
import { axisOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { insertLadder, readLadders } from '../store/ladder-rows.ts';
import { waitForLogPosition } from '../store/log-facts.ts';
import { isLadder, ladderLimits } from './ladder.ts';
import type { Ladder, Ladders } from './ladder.ts';
import { refuse } from './refusals.ts';

export interface LadderChange {
  /** From 0 (thường) to 4 (hỏa tốc hẹn giờ). */
  readonly priority: number;
  readonly rungs: Ladder;
  readonly reason: string;
}

export function listLadders({ database }: Pick<Platform, 'database'>): Promise<Ladders> {
  return inTransaction(database.app, {}, readLadders);
}

/** The same ladder again changes nothing. */
export async function changeLadder(
  platform: Pick<Platform, 'database' | 'receipts'>,
  { priority, rungs, reason }: LadderChange,
  by: Actor,
): Promise<Ladders> {
  if (!isLadder(rungs)) throw refuse('ladder_invalid', ladderLimits);
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  return inTransaction(platform.database.app, { organisations: [axis.organisationId] }, async (tx) => {
    // Two changes come one after the other, so that each gets a version of its own.
    await waitForLogPosition(tx);
    const former = await readLadders(tx);
    if (write(former.byPriority[priority]!) === write(rungs)) return former;
    const version = former.version + 1;
    await insertLadder(tx, {
      priority,
      version,
      rungs,
      declaredBy: `${by.method}:${by.credential ?? 'axis'}`,
    });
    await record(tx, platform.receipts, {
      kind: 'exchange.ladder_changed',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: axis.organisationId,
      actor: by,
      claims: { priority, version, rungs: write(rungs), former: write(former.byPriority[priority]!) },
      detail: { reason },
    });
    return readLadders(tx);
  });
}

function write(rungs: Ladder): string {
  return rungs.map(({ clock, minutes, act }) => `${clock} ${minutes} ${act}`).join(', ');
}
