/** The two kinds of time in certificates and time-stamps, in the one form of each that DER and RFC 5280 allow. */
import { type DerReader, Malformed, tags } from './reader.ts';

export function readTime(reader: DerReader): Temporal.Instant {
  return reader.isNext(tags.utcTime) ? readUtcTime(reader) : readGeneralizedTime(reader);
}

/** With a fraction of a second where there is one (RFC 3161, section 2.4.2). */
export function readGeneralizedTime(reader: DerReader): Temporal.Instant {
  const text = reader.octets(tags.generalizedTime).toString('latin1');
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/.exec(text);
  if (!match) throw new Malformed('a time');
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  return instantOf(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
}

function readUtcTime(reader: DerReader): Temporal.Instant {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(
    reader.octets(tags.utcTime).toString('latin1'),
  );
  if (!match) throw new Malformed('a time');
  const [, year, month, day, hour, minute, second] = match;
  return instantOf(`${Number(year) < 50 ? '20' : '19'}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function instantOf(text: string): Temporal.Instant {
  // Temporal takes second 60 for 59; a leap second is no time that we compare by.
  if (text.includes(':60')) throw new Malformed('a time');
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    throw new Malformed('a time', { cause: error });
  }
}
