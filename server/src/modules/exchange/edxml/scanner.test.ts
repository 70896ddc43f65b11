import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { Refusal } from '#foundation/refusal';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { documentAround, fixture, fixtureNames, makeZip, readEdxml } from '../../../../test/support/edxml.ts';
import type { EdxmlMessage } from './index.ts';
import { readPrologue } from './prologue.ts';

const packages = [
  ...fixtureNames.map(fixture),
  Buffer.from(documentAround(makeZip([{ name: 'a.pdf', content: Buffer.alloc(9000, 'liên thông') }]))),
  Buffer.from(documentAround(Buffer.alloc(3000, 'xyz').toString('base64').replaceAll(/.{76}/g, '$&\r\n'))),
  Buffer.from(
    documentAround(
      'QUJD<![CDATA[QUJD]]>&#81;&#x55;JD<!-- QUJD -->\r\n<?x QUJD?><![CDATA[]]>'.repeat(30).concat('QUI='),
    ),
  ),
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
  sizes: readonly number[] = [65_536],
): Promise<EdxmlMessage | Refusal> {
  try {
    return await readEdxml(bytes, { pieceSizes: sizes });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

interface PlainReading {
  readonly bodies: readonly string[];
  readonly hasElementsInBody: boolean;
}

/** All of the package through saxes, as a reader would do that knows nothing of size; undefined where it is no XML. */
function readPlainly(bytes: Buffer): PlainReading | undefined {
  const parser = new SaxesParser({ position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const path: string[] = [];
  const bodies: string[] = [];
  let hasElementsInBody = false;
  const isInBody = () => path.join('/').endsWith('AttachmentEncoded/Attachment/ContentTransferEncoded');
  const collect = (text: string) => {
    if (isInBody()) bodies.push(`${bodies.pop() ?? ''}${text}`);
  };
  parser.on('opentag', ({ name }) => {
    if (isInBody()) hasElementsInBody = true;
    path.push(name.slice(name.indexOf(':') + 1));
    if (isInBody()) bodies.push('');
  });
  parser.on('closetag', () => path.pop());
  parser.on('text', collect);
  parser.on('cdata', collect);
  parser.on('doctype', () => parser.fail('doctype'));
  try {
    const { xmlOffset = 0 } = readPrologue(bytes, true) ?? {};
    parser.write(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(xmlOffset)),
    );
    parser.close();
    return { bodies, hasElementsInBody };
  } catch {
    return undefined;
  }
}

function decodeStrictly(base64: string): Uint8Array | undefined {
  try {
    return base64.includes('\f') ? undefined : Uint8Array.fromBase64(base64, { lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}

/** That what was read is what saxes reads, and that what was refused has the fault it was refused for. */
function expectAgreement(bytes: Buffer, outcome: EdxmlMessage | Refusal): void {
  const plain = readPlainly(bytes);
  if (!(outcome instanceof Refusal)) {
    expect(plain).toMatchObject({ hasElementsInBody: false });
    if (outcome.kind !== 'document') return;
    const digests = plain?.bodies.map((body) =>
      createHash('sha256')
        .update(decodeStrictly(body) ?? '')
        .digest('hex'),
    );
    expect(outcome.attachments.map(({ digest }) => digest.toString('hex'))).toEqual(digests);
  } else if (faultsOfXml.has(outcome.code)) {
    expect(plain).toBeUndefined();
  } else if (plain && outcome.code === 'edxml.body_has_elements') {
    expect(plain.hasElementsInBody).toBe(true);
  } else if (plain && outcome.code === 'edxml.base64_invalid') {
    expect(plain.bodies.map(decodeStrictly)).toContain(undefined);
  }
}

const faultsOfXml = new Set(
  ['not_well_formed', 'entity_undeclared', 'doctype', 'not_utf8', 'illegal_character', 'truncated'].map(
    (code) => `edxml.${code}`,
  ),
);

test('whatever arrives, in whatever pieces, is read or refused, and as a plain parser would', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, pieceSizes, async (bytes, sizes) => {
      const inPieces = await outcomeOf(bytes, sizes);
      const whole = await outcomeOf(bytes);
      if (!(inPieces instanceof Refusal) || !(whole instanceof Refusal)) expect(inPieces).toEqual(whole);
      expectAgreement(bytes, inPieces);
      expectAgreement(bytes, whole);
    }),
    { numRuns: Number(process.env['EDXML_FUZZ_RUNS'] ?? 300) },
  );
});

test('a single fault in an attachment is told as what it is', async () => {
  for (const original of [fixture('java-new.edxml'), ...packages.slice(-1)]) {
    const start = original.indexOf('>', original.indexOf('<edXML:ContentTransferEncoded')) + 1;
    for (const token of tokens) {
      for (const at of [0, 1, 2, 7, 14, 23, 101]) {
        const bytes = Buffer.concat([original.subarray(0, start + at), token, original.subarray(start + at)]);
        expectAgreement(bytes, await outcomeOf(bytes, [at + 3]));
      }
    }
  }
});

test('noise is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), pieceSizes, async (bytes, sizes) => {
      expect(await outcomeOf(Buffer.from(bytes), sizes)).toBeInstanceOf(Refusal);
    }),
  );
});
