import * as fc from 'fast-check';
import { Refusal } from '#foundation/refusal';
import { expect, test } from 'vitest';
import { documentAround, fixture, fixtureNames, makeZip, readEdxml } from '../../../../test/support/edxml.ts';
import type { EdxmlMessage } from './index.ts';

const packages = [
  ...fixtureNames.map(fixture),
  Buffer.from(documentAround(makeZip([{ name: 'a.pdf', content: Buffer.alloc(9000, 'liên thông') }]))),
  Buffer.from(documentAround(Buffer.alloc(3000, 'xyz').toString('base64').replaceAll(/.{76}/g, '$&\r\n'))),
];

/** Bytes that mean something to one of the readers, beside any byte at all. */
const tokens = [
  '<',
  '>',
  '&',
  '=',
  '"',
  ' ',
  '\n',
  '\f',
  '\0',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  '<?x ',
  '?>',
]
  .concat(['&#65;', '&amp;', '</', '/>', 'ContentTransferEncoded', '<!DOCTYPE ', 'PK\x03\x04', 'ế', '<b>'])
  .map((token) => Buffer.from(token))
  .concat(Buffer.from([0xff]), Buffer.from([0xe1, 0xba]));

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5000 })),
  inserted: fc.oneof(fc.constantFrom(...tokens), fc.uint8Array({ maxLength: 4 })),
});

const mutated = fc
  .record({
    original: fc.constantFrom(...packages),
    mutations: fc.array(mutation, { maxLength: 3 }),
    length: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ original, mutations, length }) => {
    let bytes = original;
    for (const { at, removed, inserted } of mutations) {
      const start = Math.floor(at * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(start + removed)]);
    }
    return bytes.subarray(0, Math.ceil(length * bytes.length));
  });

const pieceSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4000 })), {
  minLength: 1,
  maxLength: 5,
});

/** Anything but a message or a Refusal fails the test by itself. */
async function outcomeOf(
  bytes: Buffer,
  options: Parameters<typeof readEdxml>[1],
): Promise<EdxmlMessage | 'refused'> {
  try {
    return await readEdxml(bytes, options);
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}

test('whatever arrives, in whatever pieces, is read or refused, and alike by the scanner and the parser', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, pieceSizes, pieceSizes, async (bytes, sizes, otherSizes) => {
      const scanned = await outcomeOf(bytes, { pieceSizes: sizes });
      const parsed = await outcomeOf(bytes, { pieceSizes: otherSizes, scanBodies: false });
      expect(scanned).toEqual(parsed);
    }),
    { numRuns: Number(process.env['EDXML_FUZZ_RUNS'] ?? 300) },
  );
});

test('a single fault in an attachment gets the same code both ways', async () => {
  const bytes = fixture('java-new.edxml');
  const start = bytes.indexOf('UEsDB');
  for (const token of tokens) {
    for (const at of [0, 1, 2, 101]) {
      const faulty = Buffer.concat([bytes.subarray(0, start + at), token, bytes.subarray(start + at)]);
      const codes = await Promise.all(
        [true, false].map((scanBodies) =>
          readEdxml(faulty, { scanBodies }).then(
            () => 'read',
            (error: unknown) => (error instanceof Refusal ? error.code : error),
          ),
        ),
      );
      expect(codes[0]).toBe(codes[1]);
    }
  }
});

test('noise is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), pieceSizes, async (bytes, sizes) => {
      expect(await outcomeOf(Buffer.from(bytes), { pieceSizes: sizes })).toBe('refused');
    }),
  );
});
