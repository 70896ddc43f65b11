/**
 * Wraps a PDF into an edXML document message as the Java SDK writes it, streaming: the PDF is read twice (once for
 * the digest that VXP wants before the body, once to send it) and never held in memory.
 *
 * Prefixes are written as that SDK writes them, because peers are known that reject equivalent XML without them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatVietnamTime } from '#foundation/clock';
import { edXmlNamespace, element, escapeXml } from './xml-text.ts';

export interface WrittenOrganisation {
  readonly code: string;
  readonly name: string;
}

export interface WrittenDocument {
  readonly from: WrittenOrganisation;
  readonly to: readonly WrittenOrganisation[];
  readonly documentId: string;
  readonly number: string;
  readonly notation: string;
  readonly subject: string;
  readonly typeName: string;
  readonly place: string;
  readonly promulgatedOn: Temporal.PlainDate;
  readonly priority: number;
  readonly tracedAt: Temporal.Instant;
}

/** A message whose bytes can be produced as often as needed, with its size known beforehand. */
export interface OutgoingMessage {
  readonly sizeBytes: number;
  open(): AsyncIterable<Buffer>;
}

export async function wrapPdf(path: string, document: WrittenDocument): Promise<OutgoingMessage> {
  const { size: pdfBytes } = await stat(path);
  const contentId = `cid:${await digestOfFile(path)}`;
  const fileName = basename(path).normalize('NFC');
  const head = Buffer.from(writeHead(document, { contentId, fileName }));
  const tail = Buffer.from(tailXml);
  return {
    sizeBytes: head.length + Math.ceil(pdfBytes / 3) * 4 + tail.length,
    async *open() {
      yield head;
      yield* encodeBase64(createReadStream(path));
      yield tail;
    },
  };
}

/** `OrganId,yyyy/MM/dd,number/notation`: how document identifiers are written on the axis (Decision 28/2018 Art. 10.2.b). */
export function composeDocumentId(parts: {
  code: string;
  promulgatedOn: Temporal.PlainDate;
  number: string;
  notation: string;
}): string {
  return `${parts.code},${formatEdXmlDate(parts.promulgatedOn)},${parts.number}/${parts.notation}`;
}

export function formatEdXmlDate(date: Temporal.PlainDate): string {
  return date.toString().replaceAll('-', '/');
}

/** The content's own digest names the attachment, so wrapping the same file again gives the same reference. */
async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 32);
}

function writeHead(document: WrittenDocument, attachment: { contentId: string; fileName: string }): string {
  const { contentId, fileName } = attachment;
  return `<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${edXmlNamespace}"><edXML:edXMLEnvelope xmlns:edXML="${edXmlNamespace}"><edXML:edXMLHeader><edXML:MessageHeader>${[
    writeOrganisation('From', document.from),
    ...document.to.map((organisation) => writeOrganisation('To', organisation)),
    element('DocumentId', document.documentId),
    `<edXML:Code>${element('CodeNumber', document.number)}${element('CodeNotation', document.notation)}</edXML:Code>`,
    `<edXML:PromulgationInfo>${element('Place', document.place)}${element('PromulgationDate', formatEdXmlDate(document.promulgatedOn))}</edXML:PromulgationInfo>`,
    // 2 = administrative document; receivers go by the name, the position in the list (TypeDetail) is 0 in all traffic.
    `<edXML:DocumentType>${element('Type', 2)}${element('TypeDetail', 0)}${element('TypeName', document.typeName)}</edXML:DocumentType>`,
    element('Subject', document.subject),
    element('Content', document.subject),
    `<edXML:OtherInfo>${element('Priority', document.priority)}</edXML:OtherInfo>`,
    element('SteeringType', 0),
  ].join('')}</edXML:MessageHeader><edXML:TraceHeaderList><edXML:TraceHeader>${[
    element('OrganId', document.from.code),
    element('Timestamp', formatVietnamTime(document.tracedAt)),
  ].join('')}</edXML:TraceHeader><edXML:Bussiness>${[
    element('BussinessDocType', 0),
    element('BussinessDocReason', 'Văn bản điện tử mới'),
    element('Paper', 0),
  ].join(
    '',
  )}</edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"><edXML:Reference>${[
    element('ContentId', contentId),
    element('ContentType', 'application/pdf'),
    element('Description', fileName),
    element('AttachmentName', fileName),
  ].join(
    '',
  )}</edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>${contentId}</ContentId><AttachmentName>${escapeXml(fileName)}</AttachmentName><Description>${escapeXml(fileName)}</Description><ContentType>application/pdf</ContentType><edXML:ContentTransferEncoded xmlns:edXML="${edXmlNamespace}">`;
}

const tailXml = '</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>\n';

export function writeOrganisation(name: 'From' | 'To', organisation: WrittenOrganisation): string {
  return `<edXML:${name}>${[
    element('OrganId', organisation.code),
    element('OrganizationInCharge', organisation.name),
    element('OrganName', organisation.name),
  ].join('')}</edXML:${name}>`;
}

/** Base64 of the whole stream, without line breaks: groups of three bytes are kept together across chunks. */
export async function* encodeBase64(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1');
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
}
