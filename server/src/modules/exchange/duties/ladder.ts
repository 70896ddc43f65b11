/**
 * The ladder for a copy that its recipient does not collect: who is told when, and when it goes back. Not a deadline of
 * the law but the axis' own care, so its rungs are data that an operator may change.
 */
import { addWorkingMinutes } from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';
import { assert } from '#foundation/refusal';

export const ladderActs = ['remind_operator', 'remind_sender', 'return'] as const;
export type LadderAct = (typeof ladderActs)[number];

export interface RungRule {
  /** `wall`: as the clock runs; `working`: office hours only. */
  readonly clock: 'wall' | 'working';
  /** From the acceptance, or from when the copy was put back into its list. */
  readonly minutes: number;
  readonly act: LadderAct;
}

export type Ladder = readonly RungRule[];

export interface Ladders {
  /** Grows with each change of any of them. */
  readonly version: number;
  /** For each priority from 0 to 4. */
  readonly byPriority: readonly Ladder[];
}

/** A priority beyond the list is the highest of it. */
export function ladderFor({ byPriority }: Ladders, priority: number): Ladder {
  const ladder = byPriority[Math.min(Math.max(priority, 0), byPriority.length - 1)];
  assert(ladder, 'every priority has a ladder');
  return ladder;
}

export interface Rung {
  readonly at: Temporal.Instant;
  readonly act: LadderAct;
}

/** All rungs for a copy that has been waiting since then, in the order in which they are climbed. */
export function rungsFor(
  ladder: Ladder,
  since: Temporal.Instant,
  calendar: WorkingCalendar,
): readonly Rung[] {
  const rungs: Rung[] = [];
  for (const { clock, minutes, act } of ladder) {
    const at =
      clock === 'wall' ? since.add({ minutes }) : addWorkingMinutes(calendar, { from: since, minutes });
    const before = rungs.at(-1)?.at;
    // Over Tết three working days may be later than two weeks: nothing is returned before its sender was told.
    rungs.push({ act, at: before && Temporal.Instant.compare(at, before) < 0 ? before : at });
  }
  return rungs;
}

export const ladderLimits = { rungs: 10, minutes: 525_600 };

/** A ladder ends with the return, which is its only one, and tells the sender before it. */
export function isLadder(rungs: Ladder): boolean {
  const acts = rungs.map(({ act }) => act);
  return (
    rungs.length <= ladderLimits.rungs &&
    rungs.every(
      ({ minutes }) => Number.isInteger(minutes) && minutes >= 1 && minutes <= ladderLimits.minutes,
    ) &&
    acts.indexOf('return') === rungs.length - 1 &&
    acts.includes('remind_sender')
  );
}
