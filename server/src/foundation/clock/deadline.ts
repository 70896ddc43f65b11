/**
 * How deadlines are counted (docs/protocols/time-and-duties.md). By the Civil Code, Art. 145–148: the day of the event
 * is not counted, the last day ends at 24:00 in Vietnam, and a last day of rest gives way to the next working day.
 */
import { vietnamDate } from './time.ts';
import {
  addWorkingMinutes,
  atVietnamTime,
  hoursOn,
  nextWorkingDay,
  workingDayFrom,
  workingMinutesBetween,
} from './working-calendar.ts';
import type { WorkingCalendar } from './working-calendar.ts';

/** 24:00 of that day, which is the first instant of the next. */
export function endOfDay(date: Temporal.PlainDate): Temporal.Instant {
  return atVietnamTime(date.add({ days: 1 }), midnight);
}

const midnight = new Temporal.PlainTime();
const noon = new Temporal.PlainTime(12);

/** Days of the calendar, after the day of `from`. */
export function dueInDays(
  calendar: WorkingCalendar,
  { from, days }: { readonly from: Temporal.Instant; readonly days: number },
): Temporal.Instant {
  return endOfDay(workingDayFrom(calendar, vietnamDate(from).add({ days })));
}

/** A month ends on the day of the same number, or on its last day where it has none. */
export function dueInMonths(
  calendar: WorkingCalendar,
  { from, months }: { readonly from: Temporal.Instant; readonly months: number },
): Temporal.Instant {
  return endOfDay(workingDayFrom(calendar, vietnamDate(from).add({ months })));
}

/** Working days, after the day of `from`; worked Saturdays count, holidays do not. */
export function dueInWorkingDays(
  calendar: WorkingCalendar,
  { from, days }: { readonly from: Temporal.Instant; readonly days: number },
): Temporal.Instant {
  let date = vietnamDate(from);
  for (let counted = 0; counted < days; counted += 1) date = nextWorkingDay(calendar, date);
  return endOfDay(date);
}

/** "Within the morning of the next working day" (Decision 28/2018 Art. 6.2). */
export function noonOfNextWorkingDay(calendar: WorkingCalendar, date: Temporal.PlainDate): Temporal.Instant {
  return atVietnamTime(nextWorkingDay(calendar, date), noon);
}

/**
 * "Within the day" (Decree 30/2020 Art. 21): the day on which an office could see it. What comes on a day of rest, or
 * after the office closed, came for the office on the next working day. That day ends at 24:00, not with office hours:
 * the law says day, and the Civil Code says when a day ends.
 */
export function endOfSameWorkingDay(calendar: WorkingCalendar, at: Temporal.Instant): Temporal.Instant {
  const date = vietnamDate(at);
  const closes = hoursOn(calendar, date).at(-1)?.closes;
  const isStillOpen = closes && Temporal.Instant.compare(at, atVietnamTime(date, closes)) < 0;
  return endOfDay(isStillOpen ? date : nextWorkingDay(calendar, date));
}

export interface Pause {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/** The law stops the clock while another must act: the deadline moves on by the office hours that went by meanwhile. */
export function postponedBy(
  calendar: WorkingCalendar,
  due: Temporal.Instant,
  pauses: readonly Pause[],
): Temporal.Instant {
  const minutes = pauses.reduce((sum, pause) => sum + workingMinutesBetween(calendar, pause), 0);
  return minutes === 0 ? due : addWorkingMinutes(calendar, { from: due, minutes });
}
