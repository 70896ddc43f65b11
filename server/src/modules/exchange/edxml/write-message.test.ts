import { expect, test } from 'vitest';
import { collect, fixture, inPieces, readDocument, readEdxml } from '../../../../test/support/edxml.ts';
import { composeDocumentId, readAttachment, writeDocument, writeStatus } from './index.ts';
import type { OutgoingDocument } from './index.ts';

const pdf = Buffer.from('%PDF-1.7\nnội dung\n%%EOF');

const document: OutgoingDocument = {
  from: { organId: 'H37.09.05', organName: 'UBND xã Minh Sơn', email: 'vanthu@example.vn' },
  to: [{ organId: 'G90', organName: 'Bộ Thử nghiệm' }, { organId: '000.00.00.H37' }],
  documentId: 'H37.09.05,2026/11/02,125/UBND-VP',
  code: { number: '125', notation: 'UBND-VP' },
  promulgation: { place: 'Minh Sơn', on: Temporal.PlainDate.from('2026-11-02') },
  type: { type: 2, detail: 18, name: 'Công văn' },
  subject: 'V/v "thu" & <chi>\r\nquý IV',
  signer: { competence: 'TM.', position: 'Chủ tịch', fullName: 'Trần Thử Nghiệm' },
  dueOn: Temporal.PlainDate.from('2026-11-20'),
  priority: 3,
  otherInfo: { pageAmount: 3, appendixes: ['Phụ lục'] },
  responseFor: [{ organId: 'G90', code: '1/BTN', promulgationDate: '2026/10/01', documentId: 'x' }],
  toPlaces: ['Như trên', 'Lưu: VT'],
  sentAt: Temporal.Instant.from('2026-11-02T01:15:00Z'),
  attachments: [
    { contentId: '7c1f4a52-0d3e-4c5b-9f1c-2a6a1d2f5b10', name: 'Báo cáo.pdf', content: pdf },
    { contentId: '8c1f4a52-0d3e-4c5b-9f1c-2a6a1d2f5b10', name: 'Số liệu.xls', content: pdf },
  ],
};

test('a written document is read back as it was meant', async () => {
  const bytes = await collect(writeDocument(document));
  const message = await readDocument(bytes);
  expect(message).toMatchObject({
    from: { organId: 'H37.09.05', organName: 'UBND xã Minh Sơn', email: 'vanthu@example.vn', website: '' },
    to: [{ organId: 'G90' }, { organId: '000.00.00.H37' }],
    documentId: document.documentId,
    code: document.code,
    subject: document.subject,
    content: document.subject,
    priority: 3,
    signer: document.signer,
    otherInfo: { pageAmount: '3', appendixes: ['Phụ lục'] },
    responseFor: [{ organId: 'G90', documentId: 'x' }],
    toPlaces: ['Như trên', 'Lưu: VT'],
    trace: [{ organId: 'H37.09.05', timestamp: { raw: '2026/11/02 08:15:00' } }],
    business: { docType: 0, documentId: document.documentId },
    warnings: [],
    attachments: [
      { name: 'Báo cáo.pdf', contentType: { attachment: 'application/pdf' }, unwrapped: null },
      {
        name: 'Số liệu.xls',
        contentType: { reference: 'application/zip', attachment: 'application/zip' },
        unwrapped: { entryName: '8c1f4a52-0d3e-4c5b-9f1c-2a6a1d2f5b10.xls', sizeBytes: pdf.length },
      },
    ],
  });
  for (const attachment of message.attachments) {
    expect(await collect(readAttachment(inPieces(bytes), attachment))).toEqual(pdf);
  }
});

test('the same document is written in the same bytes, from a stream or not', async () => {
  const attachments = document.attachments.map((each) => ({ ...each, content: inPieces(pdf, 4) }));
  const streamed = await collect(writeDocument({ ...document, attachments }));
  expect(streamed).toEqual(await collect(writeDocument(document)));
});

test('prefixes, order and line ends are those of the Java SDK', async () => {
  const written = (
    await collect(writeDocument({ ...document, subject: 'V/v', content: 'Nội dung' }))
  ).toString();
  const tags = (text: string) => [...text.matchAll(/<([A-Za-z][\w:]*)/g)].map(([, name]) => name);
  const known = tags(
    fixture('java-new.edxml')
      .toString()
      .replace(/<Signature>[^]*<\/Signature>/, ''),
  );
  for (const tag of new Set(tags(written))) {
    if (tag !== 'edXML:ResponseFor') expect(known).toContain(tag);
  }
  expect(written.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true);
  expect(written).toContain('<AttachmentEncoded>\r\n    <Attachment>\r\n      <ContentId>cid:');
  expect(written).toContain('<edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/');
  const order = [
    'From',
    'To',
    'DocumentId',
    'Code',
    'PromulgationInfo',
    'DocumentType',
    'Subject',
    'Content',
  ];
  const positions = order.map((name) => written.indexOf(`<edXML:${name}>`));
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
});

test('updates and replacements carry what changed', async () => {
  const written = writeDocument({
    ...document,
    attachments: [],
    business: { docType: 2, receivers: [{ organId: 'G90', change: 'removed' }] },
  });
  const update = await readDocument(await collect(written));
  expect(update.business).toMatchObject({ docType: 2, receivers: [{ organId: 'G90', change: 'removed' }] });
  const replacements = [{ documentId: 'y', organIds: ['G90', 'G91'] }];
  const replacing = writeDocument({ ...document, attachments: [], business: { docType: 3, replacements } });
  expect((await readDocument(await collect(replacing))).business).toMatchObject({ replacements });
});

test('a written status is read back as it was meant', async () => {
  const bytes = writeStatus({
    from: { organId: '00.00.W00', organName: 'Trục liên thông' },
    responseFor: {
      organId: 'H37.09.05',
      code: '125/UBND-VP',
      promulgationDate: '2014/02/30',
      documentId: document.documentId,
    },
    statusCode: '02',
    description: 'Không chuyển được đến <G99>',
    timestamp: document.sentAt,
  });
  expect(await readEdxml(bytes)).toMatchObject({
    kind: 'status',
    from: { organId: '00.00.W00' },
    responseFor: { promulgationDate: { raw: '2014/02/30', parsed: null }, documentId: document.documentId },
    statusCode: '02',
    description: 'Không chuyển được đến <G99>',
    timestamp: { raw: '2026/11/02 08:15:00' },
  });
});

test('the document id is written as on the axis', () => {
  const { code, promulgation } = document;
  expect(composeDocumentId({ organId: 'H37.09.05', promulgatedOn: promulgation.on, ...code })).toBe(
    document.documentId,
  );
});
