import type { CalendarDay } from '../calendar/calendar-day.ts';
import type { DeclaredDay, OfficeHours } from '#foundation/clock';
import type { Transaction } from '#foundation/db';

export async function readCalendarVersion(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ version: number }>('select version from directory.working_calendar');
  return row!.version;
}

/** Whoever changes the calendar, so that two changes come one after the other. */
export async function lockCalendar(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    'select version from directory.working_calendar for update',
  );
  return row!.version;
}

export async function setCalendarVersion(tx: Transaction, version: number): Promise<void> {
  await tx.query('update directory.working_calendar set version = $1, changed_at = now()', [version]);
}

export async function readOfficeHours(
  tx: Transaction,
): Promise<(OfficeHours & { readonly validFrom: Temporal.PlainDate; readonly weekday: number })[]> {
  const rows = await tx.query<{
    valid_from: Temporal.PlainDate;
    weekday: number;
    opens_at: string;
    closes_at: string;
  }>(
    `select valid_from, weekday, opens_at, closes_at
     from directory.office_hours
     order by valid_from, weekday, opens_at`,
  );
  return rows.map((row) => ({
    validFrom: row.valid_from,
    weekday: row.weekday,
    opens: Temporal.PlainTime.from(row.opens_at),
    closes: Temporal.PlainTime.from(row.closes_at),
  }));
}

const dayColumns = `day, kind, name, source, is_provisional as "isProvisional", declared_at as "declaredAt",
  declared_by as "declaredBy", declared_in as "declaredIn"`;

export async function listCalendarDays(tx: Transaction): Promise<CalendarDay[]> {
  return tx.query(
    `select ${dayColumns}
     from directory.calendar_day
     where withdrawn_in is null
     order by day`,
  );
}

/** The days that changed after that version, in order. */
export async function listChangedDays(tx: Transaction, afterVersion: number): Promise<Temporal.PlainDate[]> {
  const rows = await tx.query<{ day: Temporal.PlainDate }>(
    `select distinct day
     from directory.calendar_day
     where declared_in > $1
       or withdrawn_in > $1
     order by day`,
    [afterVersion],
  );
  return rows.map(({ day }) => day);
}

export async function findCalendarDay(
  tx: Transaction,
  day: Temporal.PlainDate,
): Promise<CalendarDay | undefined> {
  const [row] = await tx.query<CalendarDay & Record<string, unknown>>(
    `select ${dayColumns}
     from directory.calendar_day
     where day = $1
       and withdrawn_in is null`,
    [day.toString()],
  );
  return row;
}

/** The latest declaration of a day that has none now. */
export async function findWithdrawnDay(
  tx: Transaction,
  day: Temporal.PlainDate,
): Promise<CalendarDay | undefined> {
  const [row] = await tx.query<CalendarDay & Record<string, unknown>>(
    `select ${dayColumns}
     from directory.calendar_day
     where day = $1
     order by declared_in desc
     limit 1`,
    [day.toString()],
  );
  return row;
}

export async function insertCalendarDay(
  tx: Transaction,
  day: {
    readonly day: Temporal.PlainDate;
    readonly kind: DeclaredDay;
    readonly name: string;
    readonly source: string;
    readonly isProvisional: boolean;
    readonly version: number;
    readonly by: string;
  },
): Promise<void> {
  await tx.query(
    `insert into directory.calendar_day (
       day, declared_in, kind, name, source, is_provisional, declared_at, declared_by
     )
     values ($1, $2, $3, $4, $5, $6, now(), $7)`,
    [day.day.toString(), day.version, day.kind, day.name, day.source, day.isProvisional, day.by],
  );
}

export async function endCalendarDay(
  tx: Transaction,
  day: Temporal.PlainDate,
  ending: { readonly version: number; readonly by: string },
): Promise<void> {
  await tx.query(
    `update directory.calendar_day
     set withdrawn_in = $2,
       withdrawn_at = now(),
       withdrawn_by = $3
     where day = $1
       and withdrawn_in is null`,
    [day.toString(), ending.version, ending.by],
  );
}
