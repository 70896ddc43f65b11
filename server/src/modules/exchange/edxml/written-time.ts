import type { WrittenDate, WrittenTime } from './message.ts';
import type { Warnings } from './warnings.ts';

/**
 * A day as senders write it: `yyyy/MM/dd` by the rules, `dd/MM/yyyy` from one vendor, with dashes from others, and
 * days that do not exist. Never refused; what it says is kept beside what it means.
 */
export function readWrittenDate(raw: string, path: string, warnings: Warnings): WrittenDate | null {
  if (raw === '') return null;
  const day = readDay(raw);
  if (!day) warnings.add('date_invalid', path, raw);
  else if (!/^\d{4}\/\d{2}\/\d{2}$/.test(raw)) warnings.add('date_form', path, raw);
  return { raw, parsed: day };
}

/** `yyyy/MM/dd HH:mm:ss` in Vietnam time, by the rules. */
export function readWrittenTime(raw: string, path: string, warnings: Warnings): WrittenTime | null {
  if (raw === '') return null;
  const parsed = readInstant(raw);
  if (!parsed) warnings.add('date_invalid', path, raw);
  else if (!/^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}$/.test(raw)) warnings.add('date_form', path, raw);
  return { raw, parsed };
}

/** `yyyy/MM/dd`, by the rules. */
export function formatDate(date: Temporal.PlainDate): string {
  return date.toString().replaceAll('-', '/');
}

function readInstant(raw: string): Temporal.Instant | null {
  const match = timeForm.exec(raw);
  const day = match?.[1] === undefined ? null : readDay(match[1]);
  if (!match || !day) return null;
  const [, , hour = '0', minute = '0', second = '0', zone = vietnam] = match;
  const offsetMinutes = readOffset(zone);
  // A leap second, or 24:00:00, is no time of a clock either.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || offsetMinutes === null) return null;
  const local = Date.UTC(day.year, day.month - 1, day.day, Number(hour), Number(minute), Number(second));
  return Temporal.Instant.fromEpochMilliseconds(local - offsetMinutes * 60_000);
}

const timeForm =
  /^(\d+[/-]\d+[/-]\d+)(?:(?:\s+|T)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Vietnam has kept one offset since 1975, without summer time. */
const vietnam = '+07:00';

function readOffset(zone: string): number | null {
  if (zone === 'Z') return 0;
  const match = /^([+-])([01]\d|2[0-3]):?([0-5]\d)$/.exec(zone);
  if (!match) return null;
  const [, sign, hours, minutes] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The day that a sender wrote in one of these forms; null where there is no such day. */
export function readDay(raw: string): Temporal.PlainDate | null {
  const yearFirst = /^(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?:[T ]00:00:00)?$/.exec(raw);
  if (yearFirst) return dayOf(yearFirst[1], yearFirst[3], yearFirst[4]);
  const dayFirst = /^(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?:[T ]00:00:00)?$/.exec(raw);
  if (dayFirst) return dayOf(dayFirst[4], dayFirst[3], dayFirst[1]);
  return null;
}

function dayOf(year = '', month = '', day = ''): Temporal.PlainDate | null {
  const fields = { year: Number(year), month: Number(month), day: Number(day) };
  // The year 0000 is a placeholder, and PostgreSQL has none.
  if (fields.year < 1 || fields.month < 1 || fields.month > 12 || fields.day < 1) return null;
  const date = Temporal.PlainDate.from(fields);
  return date.day === fields.day ? date : null;
}
