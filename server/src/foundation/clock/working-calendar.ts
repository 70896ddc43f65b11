/**
 * When offices work. Holidays and swapped days are data in their official form (Labour Code 2019 Art. 112 and the
 * Government's announcements), never computed: the announced days differ from any rule every other year.
 */
import { assert } from '#foundation/refusal';
import { vietnam } from './time.ts';

export interface WorkingCalendar {
  /** Grows with every declared or withdrawn day, so that a computed deadline can say by which calendar. */
  readonly version: number;
  /** In order of `validFrom`; the first also holds for the days before it. At least one. */
  readonly weeks: readonly WorkingWeek[];
  /** Days that differ from their weekday, by `yyyy-mm-dd`. */
  readonly declared: ReadonlyMap<string, DeclaredDay>;
}

/** `rest`: a holiday, or a day off in lieu. `work`: a rest day that is worked instead of a swapped one. */
export type DeclaredDay = 'rest' | 'work';

export interface WorkingWeek {
  readonly validFrom: Temporal.PlainDate;
  /** From Monday to Sunday; a day without hours is one of rest. */
  readonly days: readonly (readonly OfficeHours[])[];
}

export interface OfficeHours {
  readonly opens: Temporal.PlainTime;
  readonly closes: Temporal.PlainTime;
}

export function isWorkingDay(calendar: WorkingCalendar, date: Temporal.PlainDate): boolean {
  return hoursOn(calendar, date).length > 0;
}

/** In order of the day. A worked Saturday has the hours of the first working weekday, whose place it takes. */
export function hoursOn(calendar: WorkingCalendar, date: Temporal.PlainDate): readonly OfficeHours[] {
  const { days } = weekOf(calendar, date);
  const usual = days[date.dayOfWeek - 1] ?? [];
  const declared = calendar.declared.get(date.toString());
  if (declared === undefined) return usual;
  if (declared === 'rest') return [];
  return usual.length > 0 ? usual : (days.find((hours) => hours.length > 0) ?? []);
}

export function nextWorkingDay(calendar: WorkingCalendar, after: Temporal.PlainDate): Temporal.PlainDate {
  return workingDayFrom(calendar, after.add({ days: 1 }));
}

/** The day itself where it is worked, else the next that is. */
export function workingDayFrom(calendar: WorkingCalendar, date: Temporal.PlainDate): Temporal.PlainDate {
  for (let days = 0; days <= maxRestDays; days += 1) {
    const candidate = date.add({ days });
    if (isWorkingDay(calendar, candidate)) return candidate;
  }
  throw new Error(`assertion failed: a calendar has a working day within ${maxRestDays} days`);
}

/** The longest Tết was ten days; a calendar with more than this in a row was declared by mistake. */
export const maxRestDays = 30;

/**
 * The instant after so many minutes of office hours. What begins while the office is closed begins when it opens: 8
 * hours of work received at 15:00 on a Monday end at 15:00 on Tuesday.
 */
export function addWorkingMinutes(
  calendar: WorkingCalendar,
  { from, minutes }: { readonly from: Temporal.Instant; readonly minutes: number },
): Temporal.Instant {
  const openings = openingsFrom(calendar, from);
  for (let remaining = minutes * 60_000; ;) {
    const [opens, closes] = openings.next().value;
    const start = Math.max(opens, from.epochMilliseconds);
    if (closes - start >= remaining) return Temporal.Instant.fromEpochMilliseconds(start + remaining);
    remaining -= closes - start;
  }
}

export function workingMinutesBetween(
  calendar: WorkingCalendar,
  { from, to }: { readonly from: Temporal.Instant; readonly to: Temporal.Instant },
): number {
  let millis = 0;
  for (const [opens, closes] of openingsFrom(calendar, from)) {
    if (opens >= to.epochMilliseconds) break;
    millis += Math.min(closes, to.epochMilliseconds) - Math.max(opens, from.epochMilliseconds);
  }
  return millis / 60_000;
}

/** The stretches of office hours that are not over at that instant, in order and without end. */
function* openingsFrom(
  calendar: WorkingCalendar,
  from: Temporal.Instant,
): Generator<[opens: number, closes: number], never, undefined> {
  const first = from.toZonedDateTimeISO(vietnam).toPlainDate();
  for (let date = workingDayFrom(calendar, first); ; date = nextWorkingDay(calendar, date)) {
    for (const { opens, closes } of hoursOn(calendar, date)) {
      const [start, end] = [atVietnamTime(date, opens), atVietnamTime(date, closes)];
      if (end.epochMilliseconds > from.epochMilliseconds) {
        yield [start.epochMilliseconds, end.epochMilliseconds];
      }
    }
  }
}

export function atVietnamTime(date: Temporal.PlainDate, time: Temporal.PlainTime): Temporal.Instant {
  return date.toZonedDateTime({ timeZone: vietnam, plainTime: time }).toInstant();
}

function weekOf({ weeks }: WorkingCalendar, date: Temporal.PlainDate): WorkingWeek {
  const week =
    weeks.findLast(({ validFrom }) => Temporal.PlainDate.compare(validFrom, date) <= 0) ?? weeks[0];
  assert(week, 'a calendar has office hours');
  return week;
}
