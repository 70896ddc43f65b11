/** The one place where wall time enters. Rules take instants as arguments; only edges ask a clock. */
export interface Clock {
  now(): Temporal.Instant;
}

export const systemClock: Clock = { now: () => Temporal.Now.instant() };

/** To the millisecond and always with three digits: the one form of time in evidence payloads and APIs. */
export function formatInstant(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond', roundingMode: 'floor' });
}

export const vietnam = 'Asia/Ho_Chi_Minh';

/** `yyyy/MM/dd HH:mm:ss` in Vietnam's time zone: how edXML writes a time (Decision 28/2018 Art. 14.4). */
export function formatVietnamTime(instant: Temporal.Instant): string {
  const local = instant.toZonedDateTimeISO(vietnam);
  const date = local.toPlainDate().toString().replaceAll('-', '/');
  return `${date} ${local.toPlainTime().toString({ smallestUnit: 'second' })}`;
}

/** The calendar day in Vietnam at that instant. */
export function vietnamDate(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(vietnam).toPlainDate();
}
