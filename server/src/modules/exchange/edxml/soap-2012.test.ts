import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { collect, inPieces, makeZip, readDocument } from '../../../../test/support/edxml.ts';
import { namedFile, secondXml, soapMessage, soapPackage } from '../../../../test/support/soap-2012.ts';
import type { SoapPart } from '../../../../test/support/soap-2012.ts';
import { contentDigest } from './content-digest.ts';
import { range, readAttachment, readAttachments } from './read-attachment.ts';

const file = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(5_000)]);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a message of 2012', () => {
  test('says under other names what the rules have now', async () => {
    expect(await readDocument(soapMessage())).toMatchObject({
      from: { organId: '000.00.31.H64', organName: 'Ủy ban nhân dân xã Minh Sơn' },
      to: [{ organId: '000.00.00.G10' }],
      documentId: '2012-131',
      code: { number: '131', notation: 'UBND-KT' },
      promulgation: { place: 'Minh Sơn', date: { raw: '2026/11/20' } },
      type: { type: '18', name: 'Công văn' },
      signer: { competence: 'TM.', position: 'Chủ tịch', fullName: 'Nguyễn Văn Mẫu' },
      priority: 1,
      otherInfo: { secret: 'Thường', pageAmount: '3' },
      trace: [{ organId: '000.00.31.H64' }],
      business: { docType: 0 },
      attachments: [],
      xmlPart: null,
    });
  });

  test('has the content digest of the same document in the names of the rules', async () => {
    const modern = soapMessage((text) =>
      text
        .replaceAll(/SOAP-ENV:(Envelope|Header|Body)/g, 'edXML:edXML$1')
        .replace(
          '<edXML:edXMLEnvelope',
          '<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope',
        )
        .replace('</edXML:edXMLEnvelope>', '</edXML:edXMLEnvelope></edXML>')
        .replaceAll('http://www.e-doc.vn/Schema/', 'http://www.mic.gov.vn/TBT/QCVN_102_2016')
        .replaceAll('edXML:Manifest', 'edXML:edXMLManifest')
        .replaceAll('edXML:Date>', 'edXML:PromulgationDate>')
        .replaceAll('edXML:type>', 'edXML:DocumentType>')
        .replaceAll('value>', 'Type>')
        .replaceAll('description>', 'TypeName>')
        .replaceAll('edXML:Author>', 'edXML:SignerInfo>')
        .replaceAll('edXML:Function>', 'edXML:Position>')
        .replace('Khẩn', '1'),
    );
    const [old, now] = [await readDocument(soapMessage()), await readDocument(modern)];
    expect(contentDigest(old).equals(contentDigest(now))).toBe(true);
  });

  test.each([
    ['thượng khẩn', 2],
    ['Hoả tốc', 3],
    ['HỎA TỐC HẸN GIỜ', 4],
    ['2', 2],
    ['sớm', 0],
  ])('has the priority %s as %i', async (word, priority) => {
    const message = await readDocument(soapMessage((text) => text.replace('Khẩn', word)));
    expect(message.priority).toBe(priority);
  });
});

describe('a package with files', () => {
  const ways: readonly [string, readonly SoapPart[], string][] = [
    ['as they are', [namedFile(file)], 'binary'],
    ['in base64', [namedFile(file, 'base64')], 'base64'],
    ['in a second XML', [secondXml({ '131-UBND-KT.pdf': file })], 'base64'],
    [
      'in a ZIP in a second XML',
      [secondXml({ '131-UBND-KT.pdf': makeZip([{ name: 'x.pdf', content: file }]) })],
      'base64',
    ],
  ];

  test.each(ways)('%s has the one digest, and gives the file back', async (_way, parts, encoding) => {
    const whole = soapPackage({ parts });
    const message = await readDocument(whole);
    expect(message.attachments).toHaveLength(1);
    const [attachment] = message.attachments;
    expect(attachment).toMatchObject({ name: '131-UBND-KT.pdf', encoding, sniffedType: 'application/pdf' });
    expect(sha256(await collect(readAttachment(inPieces(whole), attachment!)))).toBe(sha256(file));
    const first = await readDocument(soapPackage({ parts: ways[0]![1] }));
    expect(contentDigest(message).equals(contentDigest(first))).toBe(true);
    const { offset, length } = message.xmlPart!;
    expect(await collect(range(inPieces(whole), offset, length))).toEqual(soapMessage());
    expect(message).toMatchObject({ xmlOffset: 0, junkBytes: 0 });
  });

  test('is read however it is cut, written with either line end, with or without a head', async () => {
    const files = { 'a.bin': randomBytes(700), 'b.bin': Buffer.from('\r\n------=_Part_0_2012.13x\r\n--') };
    const parts = [namedFile(file), { ...namedFile(Buffer.alloc(0)), headers: [] }, secondXml(files)];
    for (const lineEnd of ['\r\n', '\n'] as const) {
      for (const hasHead of [true, false]) {
        const whole = soapPackage({ parts, lineEnd, hasHead });
        const expected = await readDocument(whole);
        expect(expected.attachments).toHaveLength(4);
        const read: string[] = [];
        for await (const { file: bytes } of readAttachments(inPieces(whole), expected.attachments)) {
          read.push(sha256(await collect(bytes)));
        }
        const all = [file, Buffer.alloc(0), ...Object.values(files)];
        expect(read).toEqual(all.map((content) => sha256(content)));
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
            async (pieceSizes) => {
              expect(await readDocument(whole, { pieceSizes })).toEqual(expected);
            },
          ),
          { numRuns: 15 },
        );
      }
    }
  });

  const whole = soapPackage({ parts: [namedFile(file)] });
  const text = whole.toString('latin1');
  const xmlHead = 'Content-Type: text/xml; charset=UTF-8';
  test.each<[string, Buffer | string, string]>([
    ['that ends within a part', whole.subarray(0, -100), 'edxml.mime_malformed'],
    ['that ends within its message', whole.subarray(0, 2_000), 'edxml.mime_malformed'],
    ['without a last boundary', whole.subarray(0, -4), 'edxml.mime_malformed'],
    ['that ends in its head', whole.subarray(0, 60), 'edxml.mime_malformed'],
    ['whose head names no boundary', text.replace(/boundary="[^"]*"/, ''), 'edxml.mime_malformed'],
    ['whose boundary never comes', text.replace(/boundary="[^"]*"/, 'boundary=khac'), 'edxml.mime_malformed'],
    ['that is no multipart', text.replace('multipart/related', 'text/plain'), 'edxml.mime_malformed'],
    [
      'with a message that is encoded',
      text.replace(xmlHead, `${xmlHead}\r\nContent-Transfer-Encoding: base64`),
      'edxml.mime_malformed',
    ],
    [
      'with a file in quoted-printable',
      text.replace('Encoding: binary', 'Encoding: quoted-printable'),
      'edxml.mime_malformed',
    ],
    ['with a part whose head is none', text.replace(xmlHead, 'không phải tiêu đề'), 'edxml.mime_malformed'],
    [
      'with a head without end',
      soapPackage({ parts: [{ headers: [`X: ${'x'.repeat(20_000)}`], content: '' }] }),
      'edxml.mime_malformed',
    ],
    [
      'with something behind a boundary',
      text.replace('131\r\nContent-Type: application', '131x\r\nContent-Type: application'),
      'edxml.mime_malformed',
    ],
    [
      'with a message that is cut',
      soapPackage({ message: soapMessage().subarray(0, -20) }),
      'edxml.truncated',
    ],
    [
      'with base64 that is none',
      soapPackage({ parts: [{ ...namedFile(file, 'base64'), content: 'AB*=' }] }),
      'edxml.base64_invalid',
    ],
    [
      'with a second XML that is another',
      soapPackage({ parts: [{ headers: ['Content-Type: text/xml'], content: '<html/>' }] }),
      'edxml.root_unknown',
    ],
    [
      'with a DOCTYPE in its second XML',
      soapPackage({
        parts: [{ headers: ['Content-Type: application/xml'], content: '<!DOCTYPE a><document/>' }],
      }),
      'edxml.doctype',
    ],
    [
      'with more files than a message has',
      soapPackage({ parts: Array.from({ length: 501 }, () => ({ headers: [], content: 'x' })) }),
      'edxml.too_many',
    ],
  ])('%s is refused', async (_what, bytes, code) => {
    const given = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    for (const pieceSizes of [[65_536], [1_000], [37]]) {
      const outcome = await readDocument(given, { pieceSizes }).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(Refusal);
      expect((outcome as Refusal).code).toBe(code);
    }
  });

  test('with its own XML as a file that the message names is no second XML', async () => {
    const part = namedFile(Buffer.from('<hoa-don/>'));
    const headers = part.headers.map((header) =>
      header.replace(/^Content-Type:.*/, 'Content-Type: text/xml'),
    );
    const message = await readDocument(soapPackage({ parts: [{ ...part, headers }] }));
    expect(message.attachments).toMatchObject([
      { name: '131-UBND-KT.pdf', sizeBytes: 10, encoding: 'binary' },
    ]);
  });
});
