import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

test('keys are sorted by UTF-16 code units, as in the example of RFC 8785', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  );
});

test('strings are escaped as RFC 8785 asks and otherwise left alone', () => {
  expect(canonicalJson('€$\u000f\nA\'B"\\/\u007f ệ')).toBe('"€$\\u000f\\nA\'B\\"\\\\/\u007f ệ"');
});

test('what canonical JSON writes is read back as it was, and written the same again', () => {
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      const read = JSON.parse(text) as Json;
      expect(canonicalJson(read)).toBe(text);
      expect(read).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([
  0.5,
  Number.NaN,
  Infinity,
  2 ** 53,
  '\uD800',
  new Date(0),
  undefined,
  { a: undefined },
  Symbol('x'),
  1n,
])('%o is refused', (value) => {
  expect(() => canonicalJson(value as Json)).toThrow('assertion failed');
});

test('what is nested without end is refused', () => {
  const endless: Json[] = [];
  endless.push(endless);
  expect(() => canonicalJson(endless)).toThrow('deep');
});
