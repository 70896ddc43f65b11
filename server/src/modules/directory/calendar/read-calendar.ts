/** Reads the working calendar: everyone on the axis may know when offices work. */
import type { Transaction } from '#foundation/db';
import type { DeclaredDay, OfficeHours, WorkingCalendar } from '#foundation/clock';
import {
  listCalendarDays,
  listChangedDays,
  readCalendarVersion,
  readOfficeHours,
} from '../store/calendar.ts';
import type { CalendarDay } from './calendar-day.ts';

/** The calendar as it is now. A few hundred rows: read it once for a piece of work. */
export async function readWorkingCalendar(tx: Transaction): Promise<WorkingCalendar> {
  const [version, hours, days] = await Promise.all([
    readCalendarVersion(tx),
    readOfficeHours(tx),
    listCalendarDays(tx),
  ]);
  const byValidity = Map.groupBy(hours, ({ validFrom }) => validFrom.toString());
  return {
    version,
    weeks: [...byValidity].map(([validFrom, rows]) => ({
      validFrom: Temporal.PlainDate.from(validFrom),
      days: [1, 2, 3, 4, 5, 6, 7].map((weekday): OfficeHours[] =>
        rows.filter((row) => row.weekday === weekday).map(({ opens, closes }) => ({ opens, closes })),
      ),
    })),
    declared: new Map(days.map(({ day, kind }): [string, DeclaredDay] => [day.toString(), kind])),
  };
}

export interface CalendarYear {
  readonly version: number;
  readonly days: readonly CalendarDay[];
}

export async function readCalendarYear(tx: Transaction, year: number): Promise<CalendarYear> {
  const [version, days] = await Promise.all([readCalendarVersion(tx), listCalendarDays(tx)]);
  return { version, days: days.filter(({ day }) => day.year === year) };
}

/** Which days were declared or withdrawn after that version of the calendar, in order: what depends on them is to be counted again. */
export { listChangedDays as readCalendarChanges };
