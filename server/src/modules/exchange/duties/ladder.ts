/**
 * The ladder for a copy that its recipient does not collect: who is told when, and when it goes back. Not a deadline of
 * the law but the axis' own care.
 */
import { addWorkingMinutes } from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';

export type LadderAct = 'remind_operator' | 'remind_sender' | 'return';

export interface Rung {
  readonly at: Temporal.Instant;
  readonly act: LadderAct;
}

interface RungRule {
  /** `wall`: as the clock runs; `working`: office hours only, 8 a day. */
  readonly clock: 'wall' | 'working';
  readonly minutes: number;
  readonly act: LadderAct;
}

const hour = 60;
const workingDay = 8 * hour;
const wallDay = 24 * hour;

const returnAfterTwoWeeks: RungRule = { clock: 'wall', minutes: 14 * wallDay, act: 'return' };

/** Priority 3 hỏa tốc and 4 hỏa tốc hẹn giờ: minutes, day and night. */
const flash: readonly RungRule[] = [
  { clock: 'wall', minutes: 5, act: 'remind_operator' },
  { clock: 'wall', minutes: 15, act: 'remind_sender' },
  { clock: 'wall', minutes: 2 * hour, act: 'remind_sender' },
  { clock: 'wall', minutes: wallDay, act: 'remind_sender' },
  returnAfterTwoWeeks,
];

/** Priority 1 khẩn and 2 thượng khẩn. */
const urgent: readonly RungRule[] = [
  { clock: 'wall', minutes: 30, act: 'remind_operator' },
  { clock: 'wall', minutes: 2 * hour, act: 'remind_sender' },
  { clock: 'wall', minutes: wallDay, act: 'remind_sender' },
  { clock: 'wall', minutes: 3 * wallDay, act: 'remind_sender' },
  returnAfterTwoWeeks,
];

const ordinary: readonly RungRule[] = [
  { clock: 'working', minutes: 2 * hour, act: 'remind_operator' },
  { clock: 'working', minutes: workingDay, act: 'remind_sender' },
  { clock: 'working', minutes: 3 * workingDay, act: 'remind_sender' },
  returnAfterTwoWeeks,
];

/** All rungs for a copy that the axis accepted at that time, in the order in which they are climbed. */
export function rungsFor(
  priority: number,
  acceptedAt: Temporal.Instant,
  calendar: WorkingCalendar,
): readonly Rung[] {
  const rules = priority >= 3 ? flash : priority >= 1 ? urgent : ordinary;
  const rungs = rules.map(({ clock, minutes, act }) => ({
    act,
    at:
      clock === 'wall'
        ? acceptedAt.add({ minutes })
        : addWorkingMinutes(calendar, { from: acceptedAt, minutes }),
  }));
  // Over Tết three working days may be later than two weeks: nothing is returned before its sender was told.
  return rungs.map((rung, index) =>
    index > 0 && Temporal.Instant.compare(rung.at, rungs[index - 1]!.at) < 0
      ? { ...rung, at: rungs[index - 1]!.at }
      : rung,
  );
}
