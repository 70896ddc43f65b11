import { formatVietnamTime } from '#foundation/clock';
import type { BusinessDocType, Party, Priority, ReceiverChange, Replacement, StaffInfo } from './message.ts';
import { node, printXml, type XmlNode } from './write-xml.ts';
import { encodeBase64, type OutgoingAttachment, packageAttachment } from './package-attachment.ts';
import { formatDate } from './written-time.ts';
import { qcvnNamespace } from './xml-element.ts';

/** A document to write. What is left out is written as an empty element, which old checkers demand. */
export interface OutgoingDocument {
  readonly from: OutgoingParty;
  readonly to: readonly OutgoingParty[];
  readonly documentId: string;
  readonly code: { readonly number: string; readonly notation: string };
  readonly promulgation: { readonly place?: string; readonly on: Temporal.PlainDate };
  readonly type: { readonly type: number; readonly detail?: number; readonly name: string };
  readonly subject: string;
  readonly content?: string;
  readonly signer?: { readonly competence?: string; readonly position?: string; readonly fullName?: string };
  readonly dueOn?: Temporal.PlainDate;
  readonly priority?: Priority;
  readonly otherInfo?: {
    readonly sphereOfPromulgation?: string;
    readonly typerNotation?: string;
    readonly promulgationAmount?: number;
    readonly pageAmount?: number;
    readonly appendixes?: readonly string[];
  };
  readonly responseFor?: readonly OutgoingResponseFor[];
  readonly steeringType?: number;
  readonly toPlaces?: readonly string[];
  readonly sentAt: Temporal.Instant;
  readonly business?: {
    readonly docType: BusinessDocType;
    readonly reason?: string;
    readonly documentId?: string;
    readonly staff?: Partial<StaffInfo>;
    readonly documentChanged?: boolean;
    readonly receivers?: readonly ReceiverChange[];
    readonly replacements?: readonly Replacement[];
    /** '1' where a paper copy follows; '0' where left out. */
    readonly paper?: string;
  };
  readonly attachments: readonly OutgoingAttachment[];
}

export interface OutgoingStatus {
  readonly from: OutgoingParty;
  readonly responseFor: OutgoingResponseFor;
  readonly staff?: Partial<StaffInfo>;
  readonly statusCode: string;
  readonly description: string;
  readonly timestamp: Temporal.Instant;
}

export type OutgoingParty = Pick<Party, 'organId'> & Partial<Party>;

export interface OutgoingResponseFor {
  readonly organId: string;
  /** `number/notation`. */
  readonly code: string;
  /** As the document has it written. */
  readonly promulgationDate: string;
  readonly documentId: string;
}

/** The package in the shape of the Java SDK, streamed: an attachment is never held as a whole. */
export async function* writeDocument(document: OutgoingDocument): AsyncGenerator<Buffer> {
  const attachments = document.attachments.map(packageAttachment);
  const manifest = node('edXML:edXMLBody', [
    node(
      'edXML:edXMLManifest version="1.0"',
      attachments.map(({ labels }) => node('edXML:Reference', labels.map(prefixed))),
    ),
  ]);
  const envelope = writeEnvelope([headerOf(document), manifest]);
  if (attachments.length === 0) {
    yield Buffer.from(`${declaration}${envelope}${end}`);
    return;
  }
  yield Buffer.from(`${declaration}${envelope}  <AttachmentEncoded>\r\n`);
  for (const { labels, content } of attachments) {
    // Within an attachment the Java SDK writes name before description.
    const [contentId, contentType, description, name] = labels;
    const ordered = [contentId, name, description, contentType].filter((label) => label !== undefined);
    const head = ordered.map((label) => printXml(label, 3)).join('');
    yield Buffer.from(`    <Attachment>\r\n${head}      ${bodyTag}`);
    yield* encodeBase64(content);
    yield Buffer.from(`</edXML:ContentTransferEncoded>\r\n    </Attachment>\r\n`);
  }
  yield Buffer.from(`  </AttachmentEncoded>\r\n${end}`);
}

export function writeStatus(status: OutgoingStatus): Buffer {
  const message = group('MessageHeader', [
    partyOf('From', status.from),
    responseForOf(status.responseFor),
    staffOf(status.staff ?? {}),
    element('StatusCode', status.statusCode),
    element('Description', status.description),
    element('Timestamp', formatVietnamTime(status.timestamp)),
  ]);
  return Buffer.from(`${declaration}${writeEnvelope([group('edXMLHeader', [message])])}${end}`);
}

const declaration = `<?xml version="1.0" encoding="UTF-8"?>\r\n<edXML xmlns="${qcvnNamespace}">\r\n`;
const end = '</edXML>\r\n';
// A peer rejects the equivalent without this second declaration, and a prefix on the names around it.
const bodyTag = `<edXML:ContentTransferEncoded xmlns:edXML="${qcvnNamespace}">`;

function writeEnvelope(content: readonly XmlNode[]): string {
  return printXml(node(`edXML:edXMLEnvelope xmlns:edXML="${qcvnNamespace}"`, content), 1);
}

function headerOf(document: OutgoingDocument): XmlNode {
  const { code, promulgation, type, signer = {} } = document;
  const message = group('MessageHeader', [
    partyOf('From', document.from),
    ...document.to.map((recipient) => partyOf('To', recipient)),
    element('DocumentId', document.documentId),
    group('Code', [element('CodeNumber', code.number), element('CodeNotation', code.notation)]),
    group('PromulgationInfo', [
      element('Place', promulgation.place),
      element('PromulgationDate', formatDate(promulgation.on)),
    ]),
    group('DocumentType', [
      element('Type', String(type.type)),
      element('TypeDetail', String(type.detail ?? 0)),
      element('TypeName', type.name),
    ]),
    element('Subject', document.subject),
    element('Content', document.content ?? document.subject),
    group('SignerInfo', [
      element('Competence', signer.competence),
      element('Position', signer.position),
      element('FullName', signer.fullName),
    ]),
    element('DueDate', document.dueOn && formatDate(document.dueOn)),
    otherInfoOf(document),
    ...(document.responseFor ?? []).map(responseForOf),
    element('SteeringType', String(document.steeringType ?? 0)),
    group(
      'ToPlaces',
      (document.toPlaces ?? []).map((place) => element('Place', place)),
    ),
  ]);
  const hop = group('TraceHeader', [
    element('OrganId', document.from.organId),
    element('Timestamp', formatVietnamTime(document.sentAt)),
  ]);
  return group('edXMLHeader', [message, group('TraceHeaderList', [hop, businessOf(document)])]);
}

function otherInfoOf({ priority = 0, otherInfo = {} }: OutgoingDocument): XmlNode {
  return group('OtherInfo', [
    element('Priority', String(priority)),
    element('SphereOfPromulgation', otherInfo.sphereOfPromulgation),
    element('TyperNotation', otherInfo.typerNotation),
    element('PromulgationAmount', otherInfo.promulgationAmount?.toString()),
    element('PageAmount', otherInfo.pageAmount?.toString()),
    group(
      'Appendixes',
      (otherInfo.appendixes ?? []).map((appendix) => element('Appendix', appendix)),
    ),
  ]);
}

function businessOf({ business = { docType: 0 }, documentId }: OutgoingDocument): XmlNode {
  const { receivers = [], replacements = [] } = business;
  const changes = group('BussinessDocumentInfo', [
    element('DocumentInfo', business.documentChanged ? '1' : '0'),
    element('DocumentReceiver', receivers.length > 0 ? '1' : '0'),
    group(
      'ReceiverList',
      receivers.map(({ organId, change }) =>
        group('Receiver', [
          element('OrganId', organId),
          element('ReceiverType', change === 'removed' ? '0' : '1'),
        ]),
      ),
    ),
  ]);
  const replaced = group(
    'ReplacementInfoList',
    replacements.map((replacement) =>
      group('ReplacementInfo', [
        element('DocumentId', replacement.documentId),
        group(
          'OrganIdList',
          replacement.organIds.map((organId) => element('OrganId', organId)),
        ),
      ]),
    ),
  );
  return group('Bussiness', [
    element('DocumentId', business.documentId ?? documentId),
    element('BussinessDocType', String(business.docType)),
    element('BussinessDocReason', business.reason),
    element('Paper', business.paper ?? '0'),
    ...(business.docType === 2 ? [changes] : []),
    ...(business.docType === 3 ? [replaced] : []),
    staffOf(business.staff ?? {}),
  ]);
}

function partyOf(name: 'From' | 'To', party: OutgoingParty): XmlNode {
  return group(name, [
    element('OrganId', party.organId),
    element('OrganizationInCharge', party.organizationInCharge ?? party.organName),
    element('OrganName', party.organName),
    element('OrganAdd', party.organAdd),
    element('Email', party.email),
    element('Telephone', party.telephone),
    element('Fax', party.fax),
    element('Website', party.website),
  ]);
}

function responseForOf(response: OutgoingResponseFor): XmlNode {
  return group('ResponseFor', [
    element('OrganId', response.organId),
    element('Code', response.code),
    element('PromulgationDate', response.promulgationDate),
    element('DocumentId', response.documentId),
  ]);
}

function staffOf(staff: Partial<StaffInfo>): XmlNode {
  return group('StaffInfo', [
    element('Department', staff.department),
    element('Staff', staff.staff),
    element('Mobile', staff.mobile),
    element('Email', staff.email),
  ]);
}

function group(name: string, content: readonly XmlNode[]): XmlNode {
  return node(`edXML:${name}`, content);
}

function element(name: string, text: string | undefined): XmlNode {
  return node(`edXML:${name}`, text ?? '');
}

function prefixed({ name, content }: XmlNode): XmlNode {
  return node(`edXML:${name}`, content);
}
