import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addWorkingMinutes,
  dueInDays,
  dueInMonths,
  dueInWorkingDays,
  endOfDay,
  endOfSameWorkingDay,
  formatVietnamTime,
  isWorkingDay,
  nextWorkingDay,
  noonOfNextWorkingDay,
  postponedBy,
  vietnamDate,
  workingMinutesBetween,
} from './index.ts';
import type { DeclaredDay, OfficeHours, WorkingCalendar } from './index.ts';

const office: readonly OfficeHours[] = [
  { opens: Temporal.PlainTime.from('08:00'), closes: Temporal.PlainTime.from('12:00') },
  { opens: Temporal.PlainTime.from('13:00'), closes: Temporal.PlainTime.from('17:00') },
];
const weekdays = [office, office, office, office, office, [], []];

function calendarOf(declared: Readonly<Record<string, DeclaredDay>>): WorkingCalendar {
  return {
    version: 1,
    weeks: [{ validFrom: day('2025-01-01'), days: weekdays }],
    declared: new Map(Object.entries(declared)),
  };
}

/** The days of 2026 that the cases below touch. */
const calendar = calendarOf({
  '2026-02-16': 'rest',
  '2026-02-17': 'rest',
  '2026-02-18': 'rest',
  '2026-02-19': 'rest',
  '2026-02-20': 'rest',
  '2026-08-22': 'work',
  '2026-08-31': 'rest',
  '2026-09-01': 'rest',
  '2026-09-02': 'rest',
  '2026-11-24': 'rest',
});

describe('what a calendar says of a day', () => {
  test('a declared holiday is no working day, a worked Saturday is one', () => {
    expect(isWorkingDay(calendar, day('2026-11-24'))).toBe(false);
    expect(isWorkingDay(calendar, day('2026-08-22'))).toBe(true);
    expect(isWorkingDay(calendar, day('2026-08-15'))).toBe(false);
    expect(nextWorkingDay(calendar, day('2026-02-13'))).toEqual(day('2026-02-23'));
    expect(nextWorkingDay(calendar, day('2026-08-21'))).toEqual(day('2026-08-22'));
  });

  test('office hours change from a day on, and the days before keep theirs', () => {
    const early = [{ opens: Temporal.PlainTime.from('07:30'), closes: Temporal.PlainTime.from('11:30') }];
    const changed: WorkingCalendar = {
      ...calendar,
      weeks: [
        ...calendar.weeks,
        { validFrom: day('2026-07-01'), days: [early, early, early, early, early, [], []] },
      ],
    };
    const due = (from: string) => local(addWorkingMinutes(changed, { from: at(from), minutes: 60 }));
    expect(due('2026-06-30 07:00')).toBe('2026/06/30 09:00:00');
    expect(due('2026-07-01 07:00')).toBe('2026/07/01 08:30:00');
  });

  test('a calendar without any working day is a mistake, not an endless search', () => {
    const never: WorkingCalendar = { ...calendar, weeks: [{ validFrom: day('2025-01-01'), days: [] }] };
    expect(() => nextWorkingDay(never, day('2026-01-01'))).toThrow(/working day within/);
  });
});

describe('counting', () => {
  test('8 working hours from 15:00 on Monday end at 15:00 on Tuesday', () => {
    expect(local(addWorkingMinutes(calendar, { from: at('2026-11-16 15:00'), minutes: 480 }))).toBe(
      '2026/11/17 15:00:00',
    );
  });

  test('what comes in the lunch break or at night begins when the office opens', () => {
    expect(local(addWorkingMinutes(calendar, { from: at('2026-11-16 12:20'), minutes: 60 }))).toBe(
      '2026/11/16 14:00:00',
    );
    expect(local(addWorkingMinutes(calendar, { from: at('2026-11-13 22:00'), minutes: 60 }))).toBe(
      '2026/11/16 09:00:00',
    );
  });

  test('accepted at 15:01 on the Friday before Tết: two working hours end after Tết, the same day at its midnight', () => {
    const from = at('2026-02-13 15:01');
    expect(local(addWorkingMinutes(calendar, { from, minutes: 120 }))).toBe('2026/02/23 08:01:00');
    expect(local(endOfSameWorkingDay(calendar, from))).toBe('2026/02/14 00:00:00');
    expect(local(dueInWorkingDays(calendar, { from, days: 1 }))).toBe('2026/02/24 00:00:00');
    expect(local(noonOfNextWorkingDay(calendar, day('2026-02-13')))).toBe('2026/02/23 12:00:00');
  });

  test('what comes after the office closed, or on a day of rest, came for the office on the next working day', () => {
    expect(local(endOfSameWorkingDay(calendar, at('2026-02-13 16:59')))).toBe('2026/02/14 00:00:00');
    expect(local(endOfSameWorkingDay(calendar, at('2026-02-13 17:00')))).toBe('2026/02/24 00:00:00');
    expect(local(endOfSameWorkingDay(calendar, at('2026-02-17 09:00')))).toBe('2026/02/24 00:00:00');
    expect(local(endOfSameWorkingDay(calendar, at('2026-11-16 06:00')))).toBe('2026/11/17 00:00:00');
  });

  test('due on 24 November, Vietnam’s day of culture: due at the end of the 25th', () => {
    expect(local(dueInDays(calendar, { from: at('2026-11-19 10:00'), days: 5 }))).toBe('2026/11/26 00:00:00');
    expect(local(dueInMonths(calendar, { from: at('2026-10-24 10:00'), months: 1 }))).toBe(
      '2026/11/26 00:00:00',
    );
  });

  test('Saturday 22 August 2026 is worked and counts', () => {
    expect(local(dueInWorkingDays(calendar, { from: at('2026-08-21 10:00'), days: 1 }))).toBe(
      '2026/08/23 00:00:00',
    );
    expect(local(noonOfNextWorkingDay(calendar, day('2026-08-21')))).toBe('2026/08/22 12:00:00');
    expect(local(addWorkingMinutes(calendar, { from: at('2026-08-21 16:00'), minutes: 120 }))).toBe(
      '2026/08/22 09:00:00',
    );
  });

  test('a month from the 31st ends on the last day of a shorter one', () => {
    expect(local(dueInMonths(calendar, { from: at('2026-03-31 10:00'), months: 1 }))).toBe(
      '2026/05/01 00:00:00',
    );
  });

  test('a pause across a holiday moves the deadline by its office hours only', () => {
    const due = at('2026-09-04 10:00');
    // From Friday 16:00 to Thursday 09:00, with the holidays from Monday to Wednesday between: two office hours.
    const pause = { from: at('2026-08-28 16:00'), to: at('2026-09-03 09:00') };
    expect(local(postponedBy(calendar, due, [pause]))).toBe('2026/09/04 12:00:00');
    expect(postponedBy(calendar, due, [])).toBe(due);
  });

  test('the day begins at midnight in Vietnam, also the first of a year and of a reporting year', () => {
    expect(vietnamDate(Temporal.Instant.from('2025-12-31T17:00:00Z'))).toEqual(day('2026-01-01'));
    expect(vietnamDate(Temporal.Instant.from('2025-12-31T16:59:59Z'))).toEqual(day('2025-12-31'));
    expect(vietnamDate(endOfDay(day('2026-12-14')))).toEqual(day('2026-12-15'));
    expect(endOfDay(day('2026-12-14')).toString()).toBe('2026-12-14T17:00:00Z');
  });
});

describe('whatever was declared', () => {
  const dates = fc.integer({ min: 0, max: 729 }).map((days) => day('2025-01-01').add({ days }));
  const instants = fc
    .integer({ min: 0, max: 730 * 24 * 60 })
    .map((minutes) => Temporal.Instant.from('2024-12-31T17:00:00Z').add({ minutes }));
  const calendars = fc
    // No more in a row than a calendar may have.
    .array(fc.tuple(dates, fc.constantFrom<DeclaredDay>('rest', 'work')), { maxLength: 20 })
    .map((days) => calendarOf(Object.fromEntries(days.map(([date, kind]) => [date.toString(), kind]))));

  test('a deadline in working days is after its start, never on a day of rest, and grows with the days', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 30 }), (given, from, days) => {
        const due = dueInWorkingDays(given, { from, days });
        expect(isWorkingDay(given, lastDayOf(due))).toBe(true);
        expect(Temporal.Instant.compare(due, from)).toBe(1);
        expect(Temporal.Instant.compare(dueInWorkingDays(given, { from, days: days + 1 }), due)).toBe(1);
      }),
    );
  });

  test('who starts later is not due earlier', () => {
    fc.assert(
      fc.property(
        calendars,
        instants,
        instants,
        fc.integer({ min: 1, max: 5000 }),
        (given, a, b, minutes) => {
          const [first, second] = Temporal.Instant.compare(a, b) <= 0 ? [a, b] : [b, a];
          const counts = [
            (from: Temporal.Instant) => addWorkingMinutes(given, { from, minutes }),
            (from: Temporal.Instant) => endOfSameWorkingDay(given, from),
            (from: Temporal.Instant) => noonOfNextWorkingDay(given, vietnamDate(from)),
            (from: Temporal.Instant) => dueInDays(given, { from, days: 3 }),
          ];
          for (const due of counts) {
            expect(Temporal.Instant.compare(due(first), due(second))).toBeLessThanOrEqual(0);
          }
        },
      ),
    );
  });

  test('one more holiday never makes anything due earlier', () => {
    fc.assert(
      fc.property(calendars, instants, dates, (given, from, holiday) => {
        const more: WorkingCalendar = {
          ...given,
          declared: new Map([...given.declared, [holiday.toString(), 'rest']]),
        };
        for (const due of [endOfSameWorkingDay(given, from), dueInWorkingDays(given, { from, days: 2 })]) {
          expect(Temporal.Instant.compare(due, from)).toBe(1);
        }
        expect(
          Temporal.Instant.compare(endOfSameWorkingDay(more, from), endOfSameWorkingDay(given, from)),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('the office hours from a start to its deadline are those that were asked for', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 5000 }), (given, from, minutes) => {
        const due = addWorkingMinutes(given, { from, minutes });
        expect(workingMinutesBetween(given, { from, to: due })).toBe(minutes);
        expect(isWorkingDay(given, vietnamDate(due))).toBe(true);
      }),
    );
  });
});

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

function at(text: string): Temporal.Instant {
  return Temporal.PlainDateTime.from(text).toZonedDateTime('Asia/Ho_Chi_Minh').toInstant();
}

function local(instant: Temporal.Instant): string {
  return formatVietnamTime(instant);
}

/** 24:00 is written as 00:00 of the day after. */
function lastDayOf(due: Temporal.Instant): Temporal.PlainDate {
  return vietnamDate(due.subtract({ milliseconds: 1 }));
}
