import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEdxmlReader } from '../../modules/exchange/edxml/reader.ts';
import { extractAttachments } from './extract-attachments.ts';
import { readHead } from './read-header.ts';
import type { OutgoingMessage, WrittenDocument } from './write-document.ts';
import { composeDocumentId, encodeBase64, wrapPdf } from './write-document.ts';
import { writeStatus } from './write-status.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-wrap-'));
});
afterAll(() => rm(folder, { recursive: true }));

const letter: WrittenDocument = {
  from: { code: 'H64.31', name: 'Ủy ban nhân dân xã Minh Sơn' },
  to: [
    { code: 'G12', name: 'Bộ Tài chính' },
    { code: '000.00.02.H64', name: 'Sở Tài chính & "Kế hoạch" <thử>' },
  ],
  documentId: 'H64.31,2026/11/21,125/UBND-VP',
  number: '125',
  notation: 'UBND-VP',
  subject: 'V/v báo cáo số liệu < 5 % & kế hoạch',
  typeName: 'Công văn',
  place: 'Bắc Lâm',
  promulgatedOn: Temporal.PlainDate.from('2026-11-21'),
  priority: 1,
  tracedAt: Temporal.Instant.from('2026-11-21T01:02:03Z'),
};

async function writePdf(bytes: Buffer): Promise<string> {
  const path = join(folder, 'công văn.pdf');
  await writeFile(path, bytes);
  return path;
}

async function collect(message: OutgoingMessage): Promise<Buffer> {
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

test('base64 does not depend on how the file arrives in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), async (pieces) => {
      const chunks: Buffer[] = [];
      for await (const chunk of encodeBase64(arrive(pieces))) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString('latin1')).toBe(Buffer.concat(pieces).toString('base64'));
    }),
  );
});

async function* arrive(pieces: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

test('the document id is written as on the axis', () => {
  const { promulgatedOn, number, notation } = letter;
  expect(composeDocumentId({ code: 'G12', promulgatedOn, number, notation })).toBe(
    'G12,2026/11/21,125/UBND-VP',
  );
});

describe('a status message', () => {
  test('is read by the axis as the answer to the document', async () => {
    const reader = createEdxmlReader();
    await reader.write(
      writeStatus({
        from: { code: 'G12', name: 'Bộ Tài chính' },
        responseFor: {
          organisationCode: 'H64.31',
          code: '125/UBND-VP',
          promulgatedOn: '2026/11/21',
          documentId: letter.documentId,
        },
        statusCode: '02',
        description: 'Gửi nhầm <cơ quan>',
        at: letter.tracedAt,
      }),
    );
    expect(await reader.end()).toMatchObject({
      kind: 'status',
      from: { organId: 'G12' },
      statusCode: '02',
      description: 'Gửi nhầm <cơ quan>',
      responseFor: { organId: 'H64.31', documentId: letter.documentId },
      warnings: [],
    });
  });
});

describe('the head of a message', () => {
  test('is known although the rest is cut off or long', async () => {
    const bytes = await collect(await wrapPdf(await writePdf(Buffer.from('%PDF-1.7\n')), letter));
    const start = bytes.subarray(0, bytes.indexOf('</edXML:MessageHeader>') + 30);
    expect(await readHead(arrive([Buffer.from('junk'), ...split(start, 7)]))).toMatchObject({
      kind: 'document',
      from: letter.from,
      to: letter.to,
      documentId: letter.documentId,
      number: '125',
      promulgatedOn: '2026/11/21',
    });
  });

  test('is undefined where the text is no message, and it is for the axis to say why', async () => {
    for (const text of ['', 'hello', '<a><b></a>', '<edXML>', '<edXML></edXML>']) {
      expect(await readHead(arrive([Buffer.from(text)]))).toBeUndefined();
    }
  });
});

function split(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
