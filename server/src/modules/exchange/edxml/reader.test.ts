import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  documentAround,
  fixture,
  fixtureNames,
  inPieces,
  collect,
  readDocument,
  readEdxml,
} from '../../../../test/support/edxml.ts';
import { createEdxmlReader, normaliseEdxml, readAttachment } from './index.ts';

const samples = new URL('../../../../../../shared/samples/edxml/', import.meta.url);

describe('A document as the Java SDK writes it', () => {
  test('is read field by field', async () => {
    const message = await readDocument(fixture('java-new.edxml'));
    expect(message).toMatchObject({
      kind: 'document',
      from: { organId: 'H37.09.05', organName: 'UBND xã Minh Sơn', fax: '' },
      to: [{ organId: 'G90' }],
      documentId: 'H37.09.05,2026/11/02,125/UBND-VP',
      code: { number: '125', notation: 'UBND-VP' },
      type: { type: '1', detail: '0', name: 'Công văn' },
      subject: 'V/v báo cáo tình hình thực hiện & kiến nghị',
      signer: { competence: 'TM.', position: 'Chủ tịch', fullName: 'Trần Thử Nghiệm' },
      priority: 1,
      otherInfo: { appendixes: ['Phụ lục số liệu'], direction: 'false', secret: '' },
      toPlaces: ['Như trên', 'Lưu: VT'],
      business: { docType: 0, reason: 'Văn bản điện tử mới', staff: [{ staff: 'Lê Văn Thử' }] },
      hasSignature: true,
      hasPlaceholderSignature: true,
      junkBytes: 0,
      xmlOffset: 0,
    });
    expect(message.promulgation.date?.parsed?.toString()).toBe('2026-11-02');
    expect(message.trace[0]?.timestamp?.parsed?.toString()).toBe('2026-11-02T01:15:00Z');
  });

  test('has its attachment found to the byte, unwrapped and hashed', async () => {
    const bytes = fixture('java-new.edxml');
    const { attachments } = await readDocument(bytes);
    const [attachment] = attachments;
    expect(attachment).toMatchObject({
      contentId: 'cid:7c1f4a52-0d3e-4c5b-9f1c-2a6a1d2f5b10',
      name: 'Báo cáo.pdf',
      encoding: 'base64',
      sniffedType: 'application/pdf',
      unwrapped: { entryName: '5d9e1c3a-7b52-4f6e-8a10-94b0c7d1e2f3.pdf', sizeBytes: 226 },
    });
    if (!attachment) return;
    const { offset, length } = attachment;
    const decoded = Buffer.from(bytes.toString('latin1', offset, offset + length), 'base64');
    expect(createHash('sha256').update(decoded).digest()).toEqual(attachment.digest);
    expect(bytes.toString('latin1', offset + length, offset + length + 2)).toBe('</');
    const file = await collect(readAttachment(inPieces(bytes), attachment));
    expect(createHash('sha256').update(file).digest()).toEqual(attachment.unwrapped?.digest);
    expect(file.toString()).toMatch(/^%PDF-1\.7\n/);
  });

  test('that recalls an earlier one names it', async () => {
    const message = await readDocument(fixture('java-recall.edxml'));
    expect(message.business).toMatchObject({ docType: 1, reason: 'Ban hành nhầm' });
    expect(message.responseFor).toMatchObject([
      { organId: 'H37.09.05', code: '125/UBND-VP', documentId: 'H37.09.05,2026/11/02,125/UBND-VP' },
    ]);
  });

  test('that updates says which recipients come and go', async () => {
    const { business, to } = await readDocument(fixture('java-update.edxml'));
    expect(business).toMatchObject({
      docType: 2,
      documentChanged: true,
      receiversChanged: true,
      receivers: [
        { organId: 'G90', change: 'removed' },
        { organId: '000.00.00.H37', change: 'added' },
      ],
    });
    expect(to.map(({ organId }) => organId)).toEqual(['G90', '000.00.00.H37']);
  });

  test('that replaces names what it replaces and who had it', async () => {
    const { business } = await readDocument(fixture('java-replace.edxml'));
    expect(business.replacements).toEqual([
      { documentId: 'H37.09.05,2026/10/01,99/UBND-VP', organIds: ['G90', '000.00.00.H37'] },
    ]);
  });
});

describe('Other writers', () => {
  test('.NET: another order, attributes, no cid:, an empty ResponseFor, a byte order mark', async () => {
    const bytes = fixture('dotnet-new.edxml');
    const message = await readDocument(bytes);
    expect(message).toMatchObject({
      documentId: '9c0e5c0e-91c4-4f0f-9c5f-0a3ce0a7b001',
      type: { type: '71', name: 'Quyết định' },
      xmlOffset: 3,
      junkBytes: 0,
      responseFor: [],
      hasSignature: false,
      attachments: [
        { contentId: '1001', name: 'Quyết định.pdf', sniffedType: 'application/pdf', unwrapped: null },
        {
          contentId: '1002',
          name: 'Phụ lục.zip',
          contentType: { reference: 'application/zip', attachment: 'text/plain' },
          sniffedType: 'application/zip',
          unwrapped: null,
        },
      ],
    });
    expect(message.to.map(({ organId }) => organId)).toEqual(['H37.09.05', '005.09.00.H37']);
    expect(message.warnings).toEqual([{ code: 'response_for_empty', path: 'MessageHeader/ResponseFor' }]);
  });

  test('by hand: unbound prefixes, attachments first, CDATA and comments around the base64', async () => {
    const bytes = fixture('hand-made-new.edxml');
    const message = await readDocument(bytes, { pieceSizes: [7] });
    expect(message).toMatchObject({
      from: { organId: '020900000001' },
      to: [{ organId: 'H37.09.05' }],
      code: { number: '7', notation: 'GM-VP' },
      subject: 'Mời họp <gấp> & chuẩn bị',
      priority: 0,
      otherInfo: { secret: 'MẬT' },
      attachments: [{ name: 'Giấy mời.pdf', encoding: 'markup', sniffedType: 'application/pdf' }],
    });
    const [attachment] = message.attachments;
    if (!attachment) throw new Error('no attachment');
    const file = await collect(readAttachment(inPieces(bytes, 3), attachment));
    expect(createHash('sha256').update(file).digest()).toEqual(attachment.digest);
    expect(file.toString()).toContain('% Quyet dinh');
  });

  test('days that do not exist or are written the other way round are kept and noted', async () => {
    const message = await readDocument(fixture('bkav-new.edxml'));
    expect(message.promulgation.date).toEqual({ raw: '31/02/2026', parsed: null });
    expect(message.dueOn?.parsed?.toString()).toBe('2026-11-20');
    expect(message.trace[0]?.timestamp?.parsed?.toString()).toBe('2026-11-02T01:15:00Z');
    expect(message.warnings.map(({ code }) => code)).toContain('date_invalid');
  });

  test('an element of a foreign namespace does not count as a second one', async () => {
    const text = fixture('java-new.edxml').toString();
    const extended = text.replace(
      '<edXML:Content>',
      '<x:Subject xmlns:x="http://example.vn/khac">khác</x:Subject><edXML:Content>',
    );
    expect((await readDocument(extended)).subject).toMatch(/^V\/v báo cáo/);
  });
});

describe('Status messages', () => {
  test('a status names its document, its code and its time', async () => {
    const message = await readEdxml(fixture('status-03.edxml'));
    expect(message).toMatchObject({
      kind: 'status',
      from: { organId: 'G90' },
      responseFor: { organId: 'H37.09.05', documentId: 'H37.09.05,2026/11/02,125/UBND-VP' },
      staff: [{ department: 'Phòng Hành chính' }],
      statusCode: '03',
      description: 'Đã tiếp nhận, vào sổ văn bản đến',
      warnings: [],
    });
  });

  test('a one-digit code is the same as with its zero', async () => {
    const text = fixture('status-03.edxml').toString().replace('>03<', '>3<');
    expect(await readEdxml(text)).toMatchObject({ statusCode: '03' });
  });
});

describe('Junk before the declaration', () => {
  test('is skipped, measured and left out of the normalised form', async () => {
    const bytes = fixture('java-new-junk.edxml');
    const message = await readDocument(bytes, { pieceSizes: [1] });
    expect(message).toMatchObject({ junkBytes: 4, xmlOffset: 4 });
    expect(message.warnings).toContainEqual({ code: 'junk_skipped', path: '', detail: '4 bytes' });
    expect(await collect(normaliseEdxml(inPieces(bytes, 3), message))).toEqual(fixture('java-new.edxml'));
  });

  test('of exactly 1 KB is skipped still', async () => {
    const message = await readDocument(`${'x'.repeat(1024)}${fixture('java-new.edxml').toString()}`);
    expect(message.junkBytes).toBe(1024);
  });

  test('a byte order mark is no junk, and not in the normalised form', async () => {
    const bytes = fixture('dotnet-new.edxml');
    const message = await readDocument(bytes);
    expect(await collect(normaliseEdxml(inPieces(bytes, 2), message))).toEqual(bytes.subarray(3));
  });
});

test('every fixture is read alike in pieces of any size', async () => {
  for (const name of fixtureNames.filter((name) => !name.startsWith('soap'))) {
    const whole = await readEdxml(fixture(name));
    for (const size of [1, 2, 3, 5, 64, 1000]) {
      expect(await readEdxml(fixture(name), { pieceSizes: [size] })).toEqual(whole);
    }
  }
});

test.skipIf(!existsSync(samples))('messages of real clients are read', async () => {
  for (const name of readdirSync(samples)) {
    const message = await readEdxml(readFileSync(new URL(name, samples)));
    expect(message.kind).toBe(name.startsWith('status') ? 'status' : 'document');
    if (message.kind === 'document') {
      expect(message.attachments).toMatchObject([{ unwrapped: { sizeBytes: 388_347 } }]);
      expect(message.hasPlaceholderSignature).toBe(true);
    }
  }
});

test('an ampersand is a character like any other in CDATA, comments and instructions', async () => {
  const text = fixture('java-new.edxml').toString();
  const subject = '<![CDATA[A & B, &; C &amp; D &x]]> E<!-- F & G --><?h I & J?>';
  const message = await readDocument(
    text.replace(/(<edXML:Subject>)[^<]*/, (_, tag: string) => tag + subject),
  );
  expect(message.subject).toBe('A & B, &; C &amp; D &x E');
});

test.each([
  ['base64', '', ''],
  ['base64 within CDATA', '<![CDATA[', ']]>'],
])('a package of 200 MB of %s is read with flat memory', async (_, opening, ending) => {
  const [head = '', tail = ''] = documentAround(`${opening}@@${ending}`, {
    contentType: 'application/pdf',
  }).split('@@');
  const reader = createEdxmlReader();
  const chunk = Buffer.from('JVBERi0x'.repeat(8192));
  await reader.write(Buffer.from(head));
  const before = process.memoryUsage();
  let highest = 0;
  for (let written = 0; written < 200 * 1024 * 1024; written += chunk.length) {
    // Ordinary bytes need no waiting, so nothing is awaited here.
    expect(reader.write(chunk)).toBeUndefined();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    highest = Math.max(highest, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers);
  }
  await reader.write(Buffer.from(tail));
  const message = await reader.end();
  expect(message).toMatchObject({ attachments: [{ sizeBytes: 150 * 1024 * 1024 }] });
  // What awaits the garbage collector counts too.
  expect(highest).toBeLessThan(64 * 1024 * 1024);
});

test('what a warning quotes is cut between characters, since PostgreSQL takes no half of one', async () => {
  const priority = `${'x'.repeat(99)}😀`;
  const { warnings } = await readEdxml(
    fixture('java-new.edxml')
      .toString()
      .replace(/(Priority>)[^<]*/, (_, tag: string) => tag + priority),
  );
  const detail = warnings.find(({ code }) => code === 'value_unknown')?.detail;
  expect(detail).toMatch(/^x{99}/);
  expect(detail?.isWellFormed()).toBe(true);
});
