import { assert as check, bigInt, nat, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextTag, DerReader, Malformed, tags } from './reader.ts';
import { readGeneralizedTime, readTime } from './time.ts';
import {
  derBoolean,
  derCertificateTime,
  derElement,
  derGeneralizedTime,
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derOctets,
  derSetOf,
} from './writer.ts';

const hex = (text: string): DerReader => new DerReader(Buffer.from(text, 'hex'));

describe('what is written is read back', () => {
  test('integers', () => {
    check(
      property(bigInt({ min: 0n, max: 2n ** 400n }), (value) => {
        expect(new DerReader(derInteger(value)).integer()).toBe(value);
      }),
    );
  });

  test('lengths', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1_000_000]) {
      expect(new DerReader(derOctets(Buffer.alloc(length))).octets().length).toBe(length);
    }
  });

  test.each(['1.2.840.113549.1.1.11', '2.16.840.1.101.3.4.2.1', '0.39', '2.999.3161', '1.3.132.0.34'])(
    'the object identifier %s',
    (identifier) => {
      expect(new DerReader(derObjectIdentifier(identifier)).objectIdentifier()).toBe(identifier);
    },
  );

  test('named bits and booleans', () => {
    expect([...new DerReader(derNamedBits(0, 5, 15)).namedBits()]).toEqual([0, 5, 15]);
    expect(new DerReader(derBoolean(true)).boolean()).toBe(true);
  });

  test.each([
    '2026-11-22T01:02:03Z',
    '2026-11-22T01:02:03.45Z',
    '2049-12-31T23:59:59Z',
    '2050-01-01T00:00:00Z',
  ])('the time %s', (text) => {
    const at = Temporal.Instant.from(text);
    expect(readGeneralizedTime(new DerReader(derGeneralizedTime(at)))).toEqual(at);
    expect(readTime(new DerReader(derCertificateTime(at))).epochMilliseconds).toBe(
      Math.floor(at.epochMilliseconds / 1_000) * 1_000,
    );
  });

  test('a set is in the order of its encodings', () => {
    expect(derSetOf(derInteger(3), derBoolean(false), derInteger(1)).toString('hex')).toBe(
      '3109010100020101020103',
    );
  });
});

describe('refused is', () => {
  test.each([
    ['an indefinite length', '3080020101', (r: DerReader) => r.inside()],
    ['a length in more bytes than it needs', '04810101', (r: DerReader) => r.octets()],
    ['a long length with a zero first', '0482008000', (r: DerReader) => r.octets()],
    ['a length of five bytes', '04850000000001', (r: DerReader) => r.octets()],
    ['an element that is longer than its container', '3003040201', (r: DerReader) => r.inside().octets()],
    ['an integer with a zero before it', '02020001', (r: DerReader) => r.integer()],
    ['a negative integer with a superfluous byte', '0202ff80', (r: DerReader) => r.integer()],
    ['an integer without a byte', '0200', (r: DerReader) => r.integer()],
    ['a number that is negative', '0201ff', (r: DerReader) => r.smallInteger()],
    ['a boolean that is neither', '010101', (r: DerReader) => r.boolean()],
    [
      'an object identifier with padding',
      '06038080 01'.replace(' ', ''),
      (r: DerReader) => r.objectIdentifier(),
    ],
    ['an object identifier that is cut off', '060281', (r: DerReader) => r.objectIdentifier()],
    ['a bit string that claims more unused bits than it has', '030107', (r: DerReader) => r.namedBits()],
    ['a bit in the unused ones', '03020101', (r: DerReader) => r.namedBits()],
    ['a tag of several bytes', '1f8101', (r: DerReader) => r.any()],
    ['another tag than expected', '0500', (r: DerReader) => r.inside()],
    ['something after the end', '05000500', (r: DerReader) => (r.any(), r.end())],
    ['more of a kind than there may be', '05000500', (r: DerReader) => r.all((each) => each.any(), 1)],
    ['nothing', '', (r: DerReader) => r.any()],
  ])('%s', (_name, bytes, read) => {
    expect(() => read(hex(bytes))).toThrow(Malformed);
  });

  test.each([
    '20261322010203Z',
    '20260230010203Z',
    '20261122010260Z',
    '20261122010203',
    '20261122010203.450Z',
  ])('the time %s', (text) => {
    expect(() => readTime(new DerReader(derElement(tags.generalizedTime, Buffer.from(text))))).toThrow(
      Malformed,
    );
  });
});

test('whatever the bytes are, reading ends, and with nothing but a refusal', () => {
  check(
    property(uint8Array({ maxLength: 64 }), nat(3), (bytes, number) => {
      const reads: ((reader: DerReader) => unknown)[] = [
        (reader) => reader.any(),
        (reader) => reader.integer(),
        (reader) => reader.objectIdentifier(),
        (reader) => reader.namedBits(),
        (reader) => reader.inside().all((inner) => inner.any(), 10),
        (reader) => reader.optionalInside(contextTag(number)),
        readTime,
      ];
      for (const read of reads) {
        try {
          read(new DerReader(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
