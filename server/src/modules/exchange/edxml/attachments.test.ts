import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect, documentAround, inPieces, makeZip, readDocument } from '../../../../test/support/edxml.ts';
import { readAttachment } from './index.ts';
import type { Attachment } from './index.ts';

const pdf = Buffer.from('%PDF-1.7\nnội dung');

async function attachmentOf(
  content: Buffer | string,
  labels: Parameters<typeof documentAround>[1] = {},
): Promise<{ attachment: Attachment; bytes: Buffer; warnings: readonly string[] }> {
  const bytes = Buffer.from(documentAround(content, labels));
  const message = await readDocument(bytes);
  const [attachment] = message.attachments;
  if (!attachment) throw new Error('no attachment');
  return { attachment, bytes, warnings: message.warnings.map(({ detail }) => detail ?? '') };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

test.each([
  ['an entry with the extension of the attachment', 'a.PDF', 'Báo cáo.pdf', 'application/pdf', true],
  [
    'an entry with another one, called a zip by its sender',
    'a.edxml',
    'Báo cáo.doc',
    'application/zip',
    true,
  ],
  ['an entry with another one, not called a zip', 'a.exe', 'Báo cáo.pdf', 'application/pdf', false],
  ['a file that is a ZIP for its reader', 'a.pdf', 'Báo cáo.zip', 'application/zip', false],
  ['a ZIP within a file called .zip', 'a.zip', 'Báo cáo.zip', 'application/zip', false],
  ['a Word file in a ZIP', 'a.docx', 'Báo cáo.docx', 'application/docx', true],
  ['a Word file that has one part', 'document.xml', 'Báo cáo.docx', 'application/zip', false],
  ['a name without extension', 'a', 'Báo cáo', 'application/octet-stream', true],
])('a ZIP of one entry: %s', async (_, entryName, name, contentType, isUnwrapped) => {
  const zip = makeZip([{ name: entryName, content: pdf }]);
  const { attachment, bytes } = await attachmentOf(zip, { name, contentType });
  expect(attachment.digest).toEqual(sha256(zip));
  expect(attachment.unwrapped?.entryName).toBe(isUnwrapped ? entryName : undefined);
  expect(attachment.sniffedType).toBe(isUnwrapped ? 'application/pdf' : 'application/zip');
  expect(await collect(readAttachment(inPieces(bytes), attachment))).toEqual(isUnwrapped ? pdf : zip);
});

test('a stored entry is unwrapped too', async () => {
  const zip = makeZip([{ name: 'a.pdf', content: pdf, method: 'stored' }]);
  const { attachment, bytes } = await attachmentOf(zip);
  expect(attachment.unwrapped).toMatchObject({ method: 'stored', digest: sha256(pdf) });
  expect(await collect(readAttachment(inPieces(bytes), attachment))).toEqual(pdf);
});

test('a ZIP of several files under another name stays as it is, with a warning', async () => {
  const zip = makeZip([
    { name: 'a.pdf', content: pdf },
    { name: 'b.pdf', content: pdf },
  ]);
  const { attachment, warnings } = await attachmentOf(zip);
  expect(attachment.unwrapped).toBeNull();
  expect(warnings).toContain('several entries');
});

test('a ZIP with a password, called .zip, is not opened and not refused', async () => {
  const zip = makeZip([{ name: 'a.pdf', content: pdf, flags: 1 }]);
  const { attachment } = await attachmentOf(zip, { name: 'Hồ sơ.zip' });
  expect(attachment.unwrapped).toBeNull();
});

test.each(['deflated', 'stored'] as const)('a large %s ZIP streams and comes out whole', async (method) => {
  const content = Buffer.concat([pdf, randomBytes(3_000_000), Buffer.alloc(9_000_000, 'dày')]);
  const zip = makeZip([{ name: 'a.pdf', content, method }]);
  const { attachment, bytes } = await attachmentOf(zip);
  expect(attachment.unwrapped).toMatchObject({ sizeBytes: content.length, digest: sha256(content) });
  expect(attachment.sniffedType).toBe('application/pdf');
  const file = await collect(readAttachment(inPieces(bytes, 65_536), attachment));
  expect(file.equals(content)).toBe(true);
});

test('a small ZIP that inflates to more than is held streams too', async () => {
  const content = Buffer.concat([pdf, Buffer.alloc(9_000_000, 'dày')]);
  const { attachment } = await attachmentOf(makeZip([{ name: 'a.pdf', content }]));
  expect(attachment.unwrapped).toMatchObject({ sizeBytes: content.length, digest: sha256(content) });
});

test.each([
  ['cut', (zip: Buffer) => zip.subarray(0, -50), 'edxml.zip_truncated'],
  ['cut in the data', (zip: Buffer) => zip.subarray(0, 2_000_000), 'edxml.zip_truncated'],
  [
    'with a flipped bit',
    (zip: Buffer) => {
      const copy = Buffer.from(zip);
      copy[1_500_000] = (copy[1_500_000] ?? 0) ^ 1;
      return copy;
    },
    'edxml.zip_damaged',
  ],
])('a large ZIP %s is refused', async (_, spoil, code) => {
  const zip = makeZip([{ name: 'a.pdf', content: randomBytes(3_000_000), method: 'deflated' }]);
  await expect(attachmentOf(spoil(zip))).rejects.toMatchObject({ code });
});

test('a large ZIP of several files is left alone', async () => {
  const zip = makeZip([
    { name: 'a.pdf', content: randomBytes(1_500_000) },
    { name: 'b.pdf', content: randomBytes(1_500_000) },
  ]);
  const { attachment, warnings } = await attachmentOf(zip);
  expect(attachment.unwrapped).toBeNull();
  expect(warnings).toContain('several entries');
});

test('a package that was changed in the store is noticed when an attachment is read', async () => {
  const { attachment, bytes } = await attachmentOf(pdf, { contentType: 'application/pdf' });
  bytes[attachment.offset + 20] = 'x'.charCodeAt(0);
  await expect(collect(readAttachment(inPieces(bytes), attachment))).rejects.toThrow(/not what was accepted/);
});

test('any bytes come out as they went in, with white space anywhere in the base64', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 1, max: 90 }),
      async (raw, width) => {
        const content = Buffer.from(raw);
        const base64 = content.toString('base64').replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\r\n\t ');
        const { attachment, bytes } = await attachmentOf(base64, { name: 'a.bin', contentType: 'x' });
        expect(attachment).toMatchObject({ sizeBytes: content.length, digest: sha256(content) });
        expect(await collect(readAttachment(inPieces(bytes, 7), attachment))).toEqual(content);
      },
    ),
  );
});

test('a large attachment in one CDATA section is read like any other', async () => {
  const content = randomBytes(1_000_000);
  const { attachment, bytes } = await attachmentOf(`<![CDATA[${content.toString('base64')}]]>`, {
    name: 'a.bin',
    contentType: 'x',
  });
  expect(attachment).toMatchObject({ encoding: 'markup', digest: sha256(content) });
  expect((await collect(readAttachment(inPieces(bytes), attachment))).equals(content)).toBe(true);
});
