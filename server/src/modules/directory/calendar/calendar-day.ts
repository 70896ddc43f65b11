/** A day that differs from its weekday: a holiday, a day off in lieu, or a Saturday worked for a swapped day. */
import type { DeclaredDay } from '#foundation/clock';
import { refuse } from '../refusals.ts';

export interface CalendarDay {
  readonly day: Temporal.PlainDate;
  readonly kind: DeclaredDay;
  readonly name: string;
  /** The law or the announcement that says so. */
  readonly source: string;
  /** Not announced yet, or not compared with the announcement. */
  readonly isProvisional: boolean;
  readonly declaredAt: Temporal.Instant;
  readonly declaredBy: string;
  /** The version of the calendar that it came with. */
  readonly declaredIn: number;
}

export interface CalendarDayRequest {
  readonly day: Temporal.PlainDate;
  readonly kind: DeclaredDay;
  readonly name: string;
  readonly source: string;
  readonly isProvisional?: boolean | undefined;
}

const limits = { nameLength: 200, sourceLength: 500 };

export function parseCalendarDay(request: CalendarDayRequest) {
  return {
    day: request.day,
    kind: request.kind,
    name: parseText(request.name, 'name', limits.nameLength),
    source: parseText(request.source, 'source', limits.sourceLength),
    isProvisional: request.isProvisional ?? false,
  };
}

function parseText(text: string, field: string, limit: number): string {
  const parsed = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (parsed === '' || parsed.length > limit) throw refuse('calendar_text_invalid', { field, limit });
  return parsed;
}
