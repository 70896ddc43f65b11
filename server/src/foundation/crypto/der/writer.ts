/** Writes DER, as much of it as requests, responses and certificates of our own need. */
import { assert } from '#foundation/refusal';
import { tags } from './reader.ts';

export function derElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

export function derSequence(...elements: readonly Uint8Array[]): Buffer {
  return derElement(tags.sequence, ...elements);
}

/** A SET OF: its elements in ascending order of their encodings. */
export function derSetOf(...elements: readonly Uint8Array[]): Buffer {
  return derElement(tags.set, ...[...elements].sort((a, b) => Buffer.compare(a, b)));
}

export function derInteger(value: bigint | number): Buffer {
  let rest = BigInt(value);
  assert(rest >= 0n, 'nothing that is written here is negative');
  const bytes: number[] = [];
  do {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest > 0n);
  if (bytes[0]! >= 0x80) bytes.unshift(0);
  return derElement(tags.integer, Buffer.from(bytes));
}

export function derBoolean(value: boolean): Buffer {
  return derElement(tags.boolean, Buffer.of(value ? 0xff : 0x00));
}

export function derNull(): Buffer {
  return derElement(tags.null);
}

export function derOctets(bytes: Uint8Array): Buffer {
  return derElement(tags.octetString, bytes);
}

export function derBitsOfBytes(bytes: Uint8Array): Buffer {
  return derElement(tags.bitString, Buffer.of(0), bytes);
}

/** A list of named bits: trailing zeroes are left out. */
export function derNamedBits(...bits: readonly number[]): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(1 + (last >> 3));
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return derElement(tags.bitString, Buffer.of(7 - (last & 7)), bytes);
}

export function derObjectIdentifier(identifier: string): Buffer {
  const [root, second, ...rest] = identifier.split('.').map(BigInt);
  assert(root !== undefined && second !== undefined, `${identifier} is an object identifier`);
  return derElement(tags.objectIdentifier, ...[root * 40n + second, ...rest].map(base128));
}

export function derUtf8(text: string): Buffer {
  return derElement(tags.utf8String, Buffer.from(text));
}

/** `20261122013000Z`, with the fraction only where there is one, and no zero at its end. */
export function derGeneralizedTime(at: Temporal.Instant): Buffer {
  const [date = '', fraction = ''] = at
    .toString()
    .replaceAll(/[-:TZ]/g, '')
    .split('.');
  return derElement(tags.generalizedTime, Buffer.from(fraction ? `${date}.${fraction}Z` : `${date}Z`));
}

/** As RFC 5280 writes the validity of certificates: with two digits of the year before 2050. */
export function derCertificateTime(at: Temporal.Instant): Buffer {
  const time = derGeneralizedTime(at.round({ smallestUnit: 'second', roundingMode: 'floor' }));
  const isShort = Temporal.Instant.compare(at, yearOf4Digits) < 0;
  return isShort ? derElement(tags.utcTime, time.subarray(4)) : time;
}

const yearOf4Digits = Temporal.Instant.from('2050-01-01T00:00:00Z');

function base128(number: bigint): Buffer {
  const bytes = [Number(number & 0x7fn)];
  for (let rest = number >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return Buffer.from(bytes);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes = Buffer.from(
    length
      .toString(16)
      .padStart(2, '0')
      .replace(/^(?=(..)*.$)/, '0'),
    'hex',
  );
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}
