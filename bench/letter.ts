/** Letters to send: one template, of which only the number changes, so that a letter costs the generator no copy. */
import { createHash, randomBytes } from 'node:crypto';

export interface Party {
  readonly code: string;
  readonly name: string;
}

export interface LetterTemplate {
  readonly from: Party;
  readonly to: readonly Party[];
  /** Of the whole package; the attachment fills what the header leaves. */
  readonly sizeBytes: number;
  /** Tells the letters of one run from those of another. Letters and digits. */
  readonly runId: string;
  /** From 0, ordinary, to 3. */
  readonly priority?: number;
  /** The earlier document of the same sender that this one updates or takes back. */
  readonly about?: FollowedUp | undefined;
}

export interface FollowedUp {
  readonly act: 'update' | 'recall';
  readonly documentId: string;
}

export interface Letters {
  readonly sizeBytes: number;
  /** The package of this number, to be written one part after the other. */
  parts(number: number): Buffer[];
  digest(number: number): Buffer;
  documentId(number: number): string;
}

const marker = '\u0000';
const numberDigits = 9;
const promulgatedOn = '2026/11/20';

export function createLetters(template: LetterTemplate): Letters {
  const notationOf = (serial: string): string => `${serial}/BC-${template.runId}`;
  const documentIdOf = (serial: string): string =>
    `${template.from.code},${promulgatedOn},${notationOf(serial)}`;
  const [head, tail] = writeAround(template, {
    notation: `BC-${template.runId}`,
    documentId: documentIdOf(marker),
  });
  const markerCount = head.split(marker).length - 1;
  const frameBytes = Buffer.byteLength(head) + Buffer.byteLength(tail) + markerCount * (numberDigits - 1);
  const pieces = [
    ...head.split(marker).map((piece) => Buffer.from(piece)),
    ...writeContent(template.sizeBytes - frameBytes),
    Buffer.from(tail),
  ];

  const serialOf = (number: number): string => String(number).padStart(numberDigits, '0');
  const parts = (number: number): Buffer[] => {
    const serial = Buffer.from(serialOf(number));
    return pieces.flatMap((piece, index) => (index < markerCount ? [piece, serial] : [piece]));
  };
  return {
    sizeBytes: parts(0).reduce((sum, { length }) => sum + length, 0),
    parts,
    digest(number) {
      const digest = createHash('sha256');
      for (const part of parts(number)) digest.update(part);
      return digest.digest();
    },
    documentId: (number) => documentIdOf(serialOf(number)),
  };
}

/** Base64 of a PDF with random bytes, as a scan is: nothing in between can make it smaller. A large one repeats itself. */
function writeContent(roomBytes: number): Buffer[] {
  const block = (contentBlock ??= Buffer.from(randomBytes(contentBlockBytes).toString('base64')));
  const pieces: Buffer[] = [Buffer.from(Buffer.from('%PDF-1.7\n%%%').toString('base64'))];
  for (let rest = roomBytes - (roomBytes % 4) - pieces[0]!.length; rest > 0; rest -= block.length) {
    pieces.push(rest < block.length ? block.subarray(0, rest) : block);
  }
  return pieces;
}

/** A multiple of three, so that blocks of base64 can follow each other. */
const contentBlockBytes = 3 * 262_144;
/** The same for all letters of a process: each is another document by its number. */
let contentBlock: Buffer | undefined;

const namespace = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

function writeAround(
  { from, to, priority = 0, about }: LetterTemplate,
  { notation, documentId }: { notation: string; documentId: string },
): [head: string, tail: string] {
  const file = 'van-ban.pdf';
  const head = `<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${namespace}"><edXML:edXMLEnvelope xmlns:edXML="${namespace}"><edXML:edXMLHeader><edXML:MessageHeader>${[
    writeParty('From', from),
    ...to.map((party) => writeParty('To', party)),
    element('DocumentId', documentId),
    `<edXML:Code>${element('CodeNumber', marker)}${element('CodeNotation', notation)}</edXML:Code>`,
    `<edXML:PromulgationInfo>${element('Place', 'Hà Nội')}${element('PromulgationDate', promulgatedOn)}</edXML:PromulgationInfo>`,
    `<edXML:DocumentType>${element('Type', '2')}${element('TypeDetail', '0')}${element('TypeName', 'Công văn')}</edXML:DocumentType>`,
    element('Subject', 'Về việc đo năng lực của trục liên thông văn bản'),
    element('Content', 'Về việc đo năng lực của trục liên thông văn bản'),
    `<edXML:OtherInfo>${element('Priority', String(priority))}</edXML:OtherInfo>`,
    ...(about ? [writeResponseFor(from.code, about.documentId)] : []),
    element('SteeringType', '0'),
  ].join('')}</edXML:MessageHeader><edXML:TraceHeaderList><edXML:TraceHeader>${[
    element('OrganId', from.code),
    element('Timestamp', `${promulgatedOn} 08:00:00`),
  ].join('')}</edXML:TraceHeader><edXML:Bussiness>${[
    ...(about ? [element('DocumentId', about.documentId)] : []),
    element('BussinessDocType', about ? businessTypes[about.act] : '0'),
    element('BussinessDocReason', about ? 'Đo năng lực' : 'Văn bản điện tử mới'),
    element('Paper', '0'),
  ].join(
    '',
  )}</edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"><edXML:Reference>${[
    element('ContentId', 'cid:1'),
    element('ContentType', 'application/pdf'),
    element('Description', file),
    element('AttachmentName', file),
  ].join(
    '',
  )}</edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded><Attachment>${[
    `<ContentId>cid:1</ContentId><AttachmentName>${file}</AttachmentName><Description>${file}</Description>`,
    `<ContentType>application/pdf</ContentType><edXML:ContentTransferEncoded xmlns:edXML="${namespace}">`,
  ].join('')}`;
  return [head, '</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>\n'];
}

const businessTypes = { recall: '1', update: '2' };

/** A business status, such as 03 "accepted", of the receiver about a document. */
export function writeStatus(options: {
  readonly from: Party;
  readonly to: Party;
  readonly documentId: string;
  readonly statusCode: string;
}): Buffer {
  const { from, to, documentId, statusCode } = options;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${namespace}"><edXML:edXMLEnvelope xmlns:edXML="${namespace}"><edXML:edXMLHeader><edXML:MessageHeader>${[
    writeParty('From', from),
    writeResponseFor(to.code, documentId),
    element('StatusCode', statusCode),
    element('Description', 'Đã tiếp nhận'),
    element('Timestamp', `${promulgatedOn} 09:00:00`),
  ].join('')}</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
`);
}

/** A document id is made of its sender, its day and its notation. */
function writeResponseFor(code: string, documentId: string): string {
  const [, day = '', notation = ''] = documentId.split(',');
  return `<edXML:ResponseFor>${[
    element('OrganId', code),
    element('Code', notation),
    element('PromulgationDate', day),
    element('DocumentId', documentId),
  ].join('')}</edXML:ResponseFor>`;
}

function writeParty(name: 'From' | 'To', { code, name: organName }: Party): string {
  return `<edXML:${name}>${[
    element('OrganId', code),
    element('OrganizationInCharge', organName),
    element('OrganName', organName),
  ].join('')}</edXML:${name}>`;
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<edXML:${name}>${escaped}</edXML:${name}>`;
}
