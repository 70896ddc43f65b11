/** From what the use cases give to what `schema.ts` promises. */
import type { z } from 'zod';
import { formatInstant } from '#foundation/clock';
import { refusalEntry } from '#foundation/refusal';
import type { EnvelopeRow, RecipientRow } from '../native/browse-envelopes.ts';
import type { DeliveryRow } from '../native/browse-mailbox.ts';
import { statusNames } from '../business-status.ts';
import type { EdxmlMessage, ResponseFor } from '../edxml/index.ts';
import { sizeOf } from '../native/read-delivery.ts';
import type { Sent } from '../read-sent.ts';
import type * as schema from './schema.ts';

export type Language = 'vi' | 'en';

export function presentSent(sent: Sent, language: Language): z.output<typeof schema.sent> {
  const { envelopeId, receipt, repeated, refused } = sent;
  return {
    id: envelopeId,
    receipt,
    repeated,
    refused: refused.map(({ code, reason }) => ({ code, reason, title: titleOf(reason, language) })),
  };
}

export function presentEnvelope(row: EnvelopeRow): z.output<typeof schema.envelope> {
  const warnings = row.warnings as z.output<typeof schema.envelope>['warnings'];
  return { id: row.id, from: row.from_code, ...presentHeader(row), warnings };
}

export function presentRecipient(row: RecipientRow, language: Language): z.output<typeof schema.recipient> {
  const { business_status: code, business_status_at: at, business_status_text: text } = row;
  return {
    deliveryId: row.delivery_id,
    organisation: row.to_code,
    name: row.to_name,
    state: row.state,
    stateSince: formatInstant(row.state_at),
    fetchedAt: row.fetched_at && formatInstant(row.fetched_at),
    doneAt: row.done_at && formatInstant(row.done_at),
    overdueAt: row.overdue_at && formatInstant(row.overdue_at),
    refusal: row.refusal_code ? { code: row.refusal_code, title: titleOf(row.refusal_code, language) } : null,
    status: code && at ? { code, name: nameOfStatus(code), at: formatInstant(at), text } : null,
    takingBack: presentTakingBack(row, row.taken_back_by),
  };
}

export function presentDelivery(row: DeliveryRow): z.output<typeof schema.delivery> {
  const { business_status: code, business_status_at: at } = row;
  return {
    id: row.id,
    envelopeId: row.envelope_id,
    from: row.from_code,
    to: row.to_code,
    ...presentHeader(row),
    state: row.state,
    stateSince: formatInstant(row.state_at),
    fetchedAt: row.fetched_at && formatInstant(row.fetched_at),
    doneAt: row.done_at && formatInstant(row.done_at),
    status: code && at ? { code, name: nameOfStatus(code), at: formatInstant(at) } : null,
    takingBack: presentTakingBack(row, null),
  };
}

function presentTakingBack(
  row: Pick<RecipientRow, 'taking_back' | 'taking_back_act' | 'taking_back_at'>,
  by: string | null,
): z.output<typeof schema.recipient>['takingBack'] {
  const { taking_back: outcome, taking_back_act: act, taking_back_at: at } = row;
  return outcome && act && at ? { act, outcome, at: formatInstant(at), by } : null;
}

function presentHeader(row: EnvelopeRow | DeliveryRow) {
  const { number, notation, subject, typeName, promulgatedOn, statusCode } = row.header;
  return {
    kind: row.kind,
    documentId: row.document_id,
    number: number ?? null,
    notation: notation ?? null,
    subject: subject ?? null,
    typeName: typeName ?? null,
    promulgatedOn: promulgatedOn ?? null,
    statusCode: statusCode ?? null,
    priority: row.priority,
    sizeBytes: row.package_size_bytes,
    digest: row.package_digest.toString('hex'),
    acceptedAt: formatInstant(row.accepted_at),
  };
}

export function presentMessage(message: EdxmlMessage): z.output<typeof schema.message> {
  const from = { code: message.from.organId, name: message.from.organName };
  if (message.kind === 'status') {
    const { statusCode, description, timestamp, responseFor } = message;
    return {
      ...emptyMessage,
      kind: 'status',
      from,
      answers: [presentResponse(responseFor)],
      statusCode,
      statusText: description,
      statusAt: timestamp?.parsed ? formatInstant(timestamp.parsed) : null,
    };
  }
  const { signer, code, business, promulgation } = message;
  return {
    ...emptyMessage,
    kind: 'document',
    from,
    to: message.to.map(({ organId, organName }) => ({ code: organId, name: organName })),
    documentId: message.documentId,
    businessType: business.docType,
    businessReason: business.reason,
    number: code.number,
    notation: code.notation,
    promulgatedOn: promulgation.date?.raw ?? null,
    place: promulgation.place,
    typeName: message.type.name,
    subject: message.subject,
    summary: message.content,
    signer: { authority: signer.competence, position: signer.position, name: signer.fullName },
    dueOn: message.dueOn?.raw ?? null,
    priority: message.priority,
    answers: message.responseFor.map(presentResponse),
    recipientLines: [...message.toPlaces],
    annexes: [...message.otherInfo.appendixes],
    attachments: message.attachments.map((attachment, index) => ({
      number: index + 1,
      name: attachment.name,
      description: attachment.description,
      type: attachment.sniffedType,
      sizeBytes: sizeOf(attachment),
      digest: (attachment.unwrapped?.digest ?? attachment.digest).toString('hex'),
    })),
  };
}

const emptyMessage = {
  to: [],
  documentId: null,
  businessType: null,
  businessReason: '',
  number: '',
  notation: '',
  promulgatedOn: null,
  place: '',
  typeName: '',
  subject: '',
  summary: '',
  signer: { authority: '', position: '', name: '' },
  dueOn: null,
  priority: 0,
  recipientLines: [],
  annexes: [],
  statusCode: null,
  statusText: '',
  statusAt: null,
  attachments: [],
} satisfies Partial<z.output<typeof schema.message>>;

function presentResponse({ organId, code, promulgationDate, documentId }: ResponseFor) {
  return { organisation: organId, code, promulgatedOn: promulgationDate?.raw ?? null, documentId };
}

function titleOf(refusalCode: string, language: Language): string {
  return recipientTitles[refusalCode]?.[language] ?? refusalEntry(refusalCode)[language];
}

/** About one recipient, where the refusal's own sentence speaks of a whole request. */
const recipientTitles: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'exchange.recipient_unknown': {
    vi: 'Mã nơi nhận không có trong danh mục của trục.',
    en: 'The recipient is not in the directory of the axis.',
  },
  'exchange.recipient_ended': {
    vi: 'Nơi nhận đã kết thúc hoạt động.',
    en: 'The recipient has ended.',
  },
};

function nameOfStatus(code: string): string {
  return statusNames[code as keyof typeof statusNames] ?? code;
}
