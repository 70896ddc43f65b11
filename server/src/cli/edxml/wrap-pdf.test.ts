import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutgoingDocument } from '#exchange/edxml';
import { createEdxmlReader } from '#exchange/edxml';
import { Refusal } from '#foundation/refusal';
import type { HttpBody } from '../connection/http.ts';
import { extractAttachments } from './extract-attachments.ts';
import { readHeader } from './read-header.ts';
import { wrapPdf } from './wrap-pdf.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-wrap-'));
});
afterAll(() => rm(folder, { recursive: true }));

const letter: Omit<OutgoingDocument, 'attachments'> = {
  from: { organId: 'H64.31', organName: 'Ủy ban nhân dân xã Minh Sơn' },
  to: [
    { organId: 'G12', organName: 'Bộ Tài chính' },
    { organId: '000.00.02.H64', organName: 'Sở Tài chính & "Kế hoạch" <thử>' },
  ],
  documentId: 'H64.31,2026/11/21,125/UBND-VP',
  code: { number: '125', notation: 'UBND-VP' },
  promulgation: { place: 'Bắc Lâm', on: Temporal.PlainDate.from('2026-11-21') },
  type: { type: 2, name: 'Công văn' },
  subject: 'V/v báo cáo số liệu < 5 % & kế hoạch',
  priority: 1,
  sentAt: Temporal.Instant.from('2026-11-21T01:02:03Z'),
};

async function writePdf(bytes: Buffer): Promise<string> {
  const path = join(folder, 'công văn.pdf');
  await writeFile(path, bytes);
  return path;
}

async function collect(message: HttpBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a wrapped PDF', () => {
  test('is read by the axis as the letter that was typed, with the file inside unchanged', async () => {
    const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(300_001)]);
    const bytes = await collect(await wrapPdf(await writePdf(pdf), letter));
    const reader = createEdxmlReader();
    await reader.write(bytes);
    const read = await reader.end();
    expect(read).toMatchObject({
      kind: 'document',
      from: { organId: 'H64.31', organName: 'Ủy ban nhân dân xã Minh Sơn' },
      to: [{ organId: 'G12' }, { organId: '000.00.02.H64', organName: 'Sở Tài chính & "Kế hoạch" <thử>' }],
      documentId: letter.documentId,
      code: { number: '125', notation: 'UBND-VP' },
      subject: letter.subject,
      priority: 1,
      warnings: [],
    });
    const [attachment] = read.kind === 'document' ? read.attachments : [];
    expect(attachment?.name).toBe('công văn.pdf');
    expect(attachment?.digest.equals(createHash('sha256').update(pdf).digest())).toBe(true);
  });

  test('tells its size before it is sent, and can be read twice', async () => {
    for (const sizeBytes of [9, 10, 11, 70_000]) {
      const message = await wrapPdf(await writePdf(Buffer.alloc(sizeBytes, '%PDF-1.7\n')), letter);
      const bytes = await collect(message);
      expect(bytes.length).toBe(message.sizeBytes);
      expect((await collect(message)).equals(bytes)).toBe(true);
    }
  });

  test('gives its file back as an attachment', async () => {
    const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(1_000)]);
    const path = join(folder, 'letter.edxml');
    await writeFile(path, await collect(await wrapPdf(await writePdf(pdf), letter)));
    const files = await extractAttachments(path, join(folder, 'files'));
    expect(files).toEqual([
      { path: join(folder, 'files', 'công văn.pdf'), sizeBytes: pdf.length, contentType: 'application/pdf' },
    ]);
  });
});

describe('a PDF without its extension', () => {
  test('gets it, so that its receivers can open it', async () => {
    const path = join(folder, 'Quét 01');
    await writeFile(path, '%PDF-1.7\n');
    const reader = createEdxmlReader();
    await reader.write(await collect(await wrapPdf(path, letter)));
    expect(await reader.end()).toMatchObject({
      attachments: [
        { name: 'Quét 01.pdf', contentType: { reference: 'application/pdf', attachment: 'application/pdf' } },
      ],
    });
  });
});

describe('the header of a message', () => {
  test('is known although the rest is cut off or long', async () => {
    const bytes = await collect(await wrapPdf(await writePdf(Buffer.from('%PDF-1.7\n')), letter));
    const start = bytes.subarray(0, bytes.indexOf('</edXML:edXMLHeader>') + 30);
    expect(await readHeader(arrive([Buffer.from('junk'), ...split(start, 7)]))).toMatchObject({
      kind: 'document',
      from: letter.from,
      to: letter.to,
      documentId: letter.documentId,
      code: { number: '125' },
      promulgation: { date: { raw: '2026/11/21' } },
    });
  });

  test('is told beside a fault in what follows, which is for the axis to judge', async () => {
    const bytes = await collect(await wrapPdf(await writePdf(Buffer.from('%PDF-1.7\n')), letter));
    const broken = bytes
      .toString()
      .replace('</edXML:ContentTransferEncoded>', '!<b></edXML:ContentTransferEncoded>');
    expect(await readHeader(arrive([Buffer.from(broken)]))).toMatchObject({ from: letter.from });
  });

  test.each([
    ['', 'edxml.not_xml'],
    ['hello', 'edxml.not_xml'],
    ['<a><b></a>', 'edxml.root_unknown'],
    ['<edXML>', 'edxml.truncated'],
    ['<edXML></edXML>', 'edxml.field_missing'],
  ])('of %j is the refusal that the axis would give', async (text, code) => {
    const refusal = await readHeader(arrive([Buffer.from(text)]));
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code });
  });
});

async function* arrive(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

function split(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
