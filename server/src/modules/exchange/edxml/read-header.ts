import type { HeaderGroup } from './header-group.ts';
import { maxRecipients } from './limits.ts';
import type {
  DocumentMessage,
  OtherInfo,
  Party,
  Priority,
  ResponseFor,
  StatusMessage,
  TraceHeader,
} from './message.ts';
import { readBusiness, readStaff } from './read-business.ts';
import { refuse } from './refusals.ts';
import type { Warnings } from './warnings.ts';

export type MessageHeader = DocumentHeader | StatusHeader;
type DocumentHeader = Omit<
  DocumentMessage,
  'attachments' | 'warnings' | 'xmlOffset' | 'junkBytes' | 'xmlPart'
>;
type StatusHeader = Omit<StatusMessage, 'warnings' | 'xmlOffset' | 'junkBytes' | 'xmlPart'>;

/** Reads edXMLHeader. A status message is one with a StatusCode; there is no other mark. */
export function readHeader(header: HeaderGroup, warnings: Warnings): MessageHeader {
  const message = header.group('MessageHeader');
  if (!message.isPresent) throw refuse('field_missing', { element: message.path });
  return message.group('StatusCode').isPresent
    ? readStatus(message, warnings)
    : readDocument(header, message, warnings);
}

function readDocument(header: HeaderGroup, message: HeaderGroup, warnings: Warnings): DocumentHeader {
  const otherInfo = message.group('OtherInfo');
  const promulgation = message.group('PromulgationInfo');
  const type = message.group('DocumentType');
  const code = message.group('Code');
  const signer = message.group('SignerInfo');
  const subject = message.text('Subject');
  const documentType = {
    type: type.text('Type'),
    detail: type.text('TypeDetail'),
    name: type.text('TypeName'),
  };
  if (!/^\d*$/.test(documentType.type)) warnings.add('value_unknown', `${type.path}/Type`, documentType.type);

  const trace = header.group('TraceHeaderList');
  return {
    kind: 'document',
    from: readSender(message),
    to: readRecipients(message),
    documentId: message.requiredIdentifier('DocumentId', 'documentId'),
    code: {
      number: code.requiredIdentifier('CodeNumber', 'code'),
      notation: code.requiredIdentifier('CodeNotation', 'code'),
    },
    promulgation: { place: promulgation.text('Place'), date: promulgation.date('PromulgationDate') },
    type: documentType,
    subject: subject === '' ? refuseMissing(message, 'Subject') : subject,
    content: message.text('Content'),
    signer: {
      competence: signer.text('Competence'),
      position: signer.text('Position'),
      fullName: signer.text('FullName'),
    },
    dueOn: message.date('DueDate'),
    priority: readPriority(otherInfo, warnings),
    otherInfo: readOtherInfo(otherInfo),
    responseFor: readResponses(message, warnings),
    steeringType: message.text('SteeringType'),
    taskCodes: message.groups('ResponseForTask').flatMap((task) => task.texts('TaskCode')),
    applicationType: message.text('ApplicationType'),
    toPlaces: message.group('ToPlaces').texts('Place'),
    trace: readTrace(trace, warnings),
    business: readBusiness(trace.group('Bussiness'), warnings),
    ...readSignature(header),
  };
}

function readStatus(message: HeaderGroup, warnings: Warnings): StatusHeader {
  const response = message.group('ResponseFor');
  if (!response.isPresent) throw message.missing('ResponseFor');
  response.requiredIdentifier('OrganId', 'organId');
  response.requiredIdentifier('DocumentId', 'documentId');
  const responseFor = readResponseFor(response);
  if (responseFor.code === '') warnings.add('field_missing', `${response.path}/Code`);
  if (message.group('To').isPresent) warnings.add('element_unexpected', `${message.path}/To`);

  const statusCode = message.text('StatusCode');
  if (statusCode === '') throw message.missing('StatusCode');
  if (!/^\d{1,2}$/.test(statusCode)) throw refuse('status_code_invalid', { value: statusCode.slice(0, 20) });
  return {
    kind: 'status',
    from: readSender(message),
    responseFor,
    staff: message.groups('StaffInfo').map(readStaff),
    statusCode: statusCode.padStart(2, '0'),
    description: message.text('Description'),
    timestamp: message.time('Timestamp'),
  };
}

function refuseMissing(message: HeaderGroup, name: string): never {
  throw message.missing(name);
}

function readSender(message: HeaderGroup): Party {
  const from = message.group('From');
  if (!from.isPresent) throw message.missing('From');
  return readParty(from);
}

function readRecipients(message: HeaderGroup): Party[] {
  const recipients = message.groups('To');
  if (recipients.length === 0) throw message.missing('To');
  if (recipients.length > maxRecipients) throw refuse('too_many', { element: 'To', limit: maxRecipients });
  return recipients.map(readParty);
}

function readParty(party: HeaderGroup): Party {
  return {
    organId: party.requiredIdentifier('OrganId', 'organId'),
    organizationInCharge: party.text('OrganizationInCharge'),
    organName: party.text('OrganName'),
    organAdd: party.text('OrganAdd'),
    email: party.text('Email'),
    telephone: party.text('Telephone'),
    fax: party.text('Fax'),
    website: party.text('Website'),
  };
}

const priorities: readonly Priority[] = [0, 1, 2, 3, 4];

function readPriority(otherInfo: HeaderGroup, warnings: Warnings): Priority {
  const text = otherInfo.text('Priority');
  if (text === '') return 0;
  const priority = priorities.find((known) => String(known) === text);
  if (priority === undefined) warnings.add('value_unknown', `${otherInfo.path}/Priority`, text);
  return priority ?? 0;
}

function readOtherInfo(otherInfo: HeaderGroup): OtherInfo {
  return {
    sphereOfPromulgation: otherInfo.text('SphereOfPromulgation'),
    typerNotation: otherInfo.text('TyperNotation'),
    promulgationAmount: otherInfo.text('PromulgationAmount'),
    pageAmount: otherInfo.text('PageAmount'),
    direction: otherInfo.text('Direction'),
    replyFors: otherInfo.text('ReplyFors'),
    referenceCodes: otherInfo.text('ReferenceCodes'),
    appendixes: otherInfo.group('Appendixes').texts('Appendix'),
    secret: otherInfo.text('Secret'),
  };
}

/** An empty `<ResponseFor/>` occurs and answers nothing. */
function readResponses(message: HeaderGroup, warnings: Warnings): ResponseFor[] {
  const responses = message.groups('ResponseFor');
  const filled = responses.filter((response) => !response.isEmpty);
  if (filled.length < responses.length) warnings.add('response_for_empty', `${message.path}/ResponseFor`);
  return filled.map(readResponseFor);
}

function readResponseFor(response: HeaderGroup): ResponseFor {
  return {
    organId: response.identifier('OrganId', 'organId'),
    code: response.identifier('Code', 'code'),
    promulgationDate: response.date('PromulgationDate'),
    documentId: response.identifier('DocumentId', 'documentId'),
  };
}

function readTrace(trace: HeaderGroup, warnings: Warnings): TraceHeader[] {
  return trace.groups('TraceHeader').map((hop) => {
    const organId = hop.identifier('OrganId', 'organId');
    const isUnnamed = organId === '' || organId === 'null';
    if (isUnnamed) warnings.add('trace_without_organ_id', hop.path);
    return { organId: isUnnamed ? '' : organId, timestamp: hop.time('Timestamp') };
  });
}

function readSignature(header: HeaderGroup) {
  const [signature] = header.groups('Signature');
  const certificate = signature?.group('KeyInfo').group('X509Data').texts('X509Certificate')[0];
  return {
    hasSignature: signature !== undefined,
    hasPlaceholderSignature: certificate !== undefined && placeholderCertificate.test(certificate),
  };
}

/** The Java SDK writes the first eleven characters of a certificate, and nothing more. */
const placeholderCertificate = /^MIIFqTCCBJG$/;
