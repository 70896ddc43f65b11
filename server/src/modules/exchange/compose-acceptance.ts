/**
 * Makes the rows, the evidence entry and the receipt of an accepted document, and for each recipient that could not be
 * reached the axis' own status 02 to the sender, who thus learns of it in his ordinary mailbox.
 */
import { createHash } from 'node:crypto';
import { axisOrganisation } from '#directory';
import type { OrganisationName, ResolvedOrganisation } from '#directory';
import type { StoredBlob } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import { prepareEntry } from '#foundation/evidence';
import type { Entry } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { refusalEntry } from '#foundation/refusal';
import type { Decision } from './acceptance.ts';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import type { DocumentMessage } from './edxml/index.ts';
import { writeStatus } from './edxml/index.ts';
import type { Envelope, MessageHeader, Recipient } from './envelope.ts';
import { statusNames } from './business-status.ts';
import { listedText } from './listed-text.ts';

/** A document whose package is stored and whose structure was checked. */
export interface Arrival {
  readonly caller: Caller;
  readonly claimedFrom: string | undefined;
  readonly message: DocumentMessage;
  readonly contentDigest: Buffer;
  readonly package: StoredBlob;
}

/** All that one message writes: its envelope with the recipients, its package and its entry in the log. */
export interface WrittenMessage {
  readonly envelope: Envelope;
  readonly blob: StoredBlob;
  readonly entry: Entry;
}

export interface Composed {
  readonly arrival: Arrival;
  readonly acceptance: WrittenMessage;
  readonly notices: readonly WrittenMessage[];
}

export type AcceptedDecision = Extract<Decision, { outcome: 'accept' }> & {
  readonly arrival: Arrival;
  readonly sender: ResolvedOrganisation;
};

export async function composeAcceptance(
  platform: Platform,
  tx: Transaction,
  accepted: AcceptedDecision,
): Promise<Composed> {
  const { arrival } = accepted;
  const acceptance = composeDocument(platform, tx.now, accepted);
  const refused = accepted.recipients.filter(({ state }) => state === 'refused');
  if (refused.length === 0) return { arrival, acceptance, notices: [] };
  const axis = await axisOrganisation(tx);
  const notices = refused.map((recipient) => composeNotice(platform, tx.now, { accepted, recipient, axis }));
  return { arrival, acceptance, notices: await Promise.all(notices) };
}

function composeDocument(
  platform: Platform,
  at: Temporal.Instant,
  accepted: AcceptedDecision,
): WrittenMessage {
  const { arrival, sender, recipients } = accepted;
  const { message, caller } = arrival;
  const id = newId<'envelope'>();
  const header = headerOf(message);
  const entry = prepareEntry(
    {
      kind: 'exchange.accepted',
      organisation: { id: sender.organisationId, code: sender.code },
      subjectId: id,
      actor: actorOf(caller),
      requestDigest: digestText(arrival.package.digest),
      claims: {
        message: 'document',
        document: message.documentId,
        type: message.business.docType,
        package: digestText(arrival.package.digest),
        content: digestText(arrival.contentDigest),
        recipients: { count: recipients.length, digest: digestText(digestOfList(recipients)) },
      },
      detail: { ...header },
    },
    { at, signer: platform.receipts },
  );
  const envelope: Envelope = {
    organisationId: sender.organisationId,
    id,
    kind: 'document',
    systemId: caller.systemId,
    fromCode: message.from.organId,
    documentId: message.documentId,
    businessType: message.business.docType,
    contentDigest: arrival.contentDigest,
    supplement: accepted.supplement,
    recipientsDigest: accepted.recipientsDigest,
    header,
    warnings: message.warnings,
    priority: message.priority,
    package: { ...arrival.package, junkBytes: message.xmlOffset },
    acceptedAt: at,
    entryId: entry.id,
    recipients,
  };
  return { envelope, blob: arrival.package, entry };
}

interface RefusedRecipient {
  readonly accepted: AcceptedDecision;
  readonly recipient: Recipient;
  readonly axis: OrganisationName;
}

/** Status 02 from the axis' own organisation: the law lets no refusal pass unsaid (Decision 28/2018 Art. 5.4). */
async function composeNotice(
  platform: Platform,
  at: Temporal.Instant,
  { accepted, recipient, axis }: RefusedRecipient,
): Promise<WrittenMessage> {
  const { message } = accepted.arrival;
  const { sender } = accepted;
  const statusText = `Trục không chuyển được đến ${recipient.toCode}: ${reasonOf(recipient)}`;
  const bytes = writeStatus({
    from: { organId: axis.code, organName: axis.name },
    responseFor: {
      organId: message.from.organId,
      code: `${message.code.number}/${message.code.notation}`,
      promulgationDate: message.promulgation.date?.raw ?? '',
      documentId: message.documentId,
    },
    statusCode: '02',
    description: statusText,
    timestamp: at,
  });
  const blob = await store(platform, bytes);
  const id = newId<'envelope'>();
  const header: MessageHeader = { statusCode: '02', statusText: statusNames['02'], subject: statusText };
  const recipients: Recipient[] = [
    {
      ordinal: 0,
      toCode: message.from.organId,
      toName: sender.name,
      state: 'waiting',
      organisationId: sender.organisationId,
      deliveryId: newId<'delivery'>(),
    },
  ];
  const contentDigest = createHash('sha256').update(`axis 02 ${id}`).digest();
  const entry = prepareEntry(
    {
      kind: 'exchange.refused_recipient',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: id,
      actor: { method: 'axis' },
      claims: {
        message: 'status',
        status: '02',
        document: message.documentId,
        package: digestText(blob.digest),
        reason: recipient.state === 'refused' ? recipient.refusalCode : '',
      },
      detail: { recipient: recipient.toCode, text: statusText },
    },
    { at, signer: platform.receipts },
  );
  const envelope: Envelope = {
    organisationId: axis.organisationId,
    id,
    kind: 'status',
    systemId: null,
    fromCode: axis.code,
    documentId: message.documentId,
    businessType: null,
    contentDigest,
    supplement: 0,
    recipientsDigest: contentDigest,
    header,
    warnings: [],
    priority: message.priority,
    package: { ...blob, junkBytes: 0 },
    acceptedAt: at,
    entryId: entry.id,
    recipients,
  };
  return { envelope, blob, entry };
}

/** The whole list, refusals included, that the receipt commits to; it lies beside the receipt as the sender's rows. */
export function digestOfList(recipients: readonly Recipient[]): Buffer {
  const list = recipients.map((recipient) => [
    recipient.toCode,
    recipient.state === 'waiting' ? recipient.deliveryId : recipient.refusalCode,
  ]);
  return createHash('sha256').update(JSON.stringify(list)).digest();
}

export function digestText(digest: Buffer): string {
  return `sha256:${digest.toString('base64url')}`;
}

function headerOf(message: DocumentMessage): MessageHeader {
  return {
    number: message.code.number,
    notation: message.code.notation,
    subject: listedText(message.subject),
    ...(message.type.name ? { typeName: listedText(message.type.name) } : {}),
    ...(message.promulgation.date ? { promulgatedOn: listedText(message.promulgation.date.raw) } : {}),
  };
}

function reasonOf(recipient: Recipient): string {
  if (recipient.state !== 'refused') return '';
  if (recipient.successor) return `cơ quan đã kết thúc hoạt động, cơ quan kế thừa ${recipient.successor}`;
  return refusalEntry(recipient.refusalCode).kind === 'not_found'
    ? 'mã không có trong danh mục'
    : 'không nhận được';
}

async function store(platform: Platform, bytes: Buffer): Promise<StoredBlob> {
  const writer = platform.blobs.create();
  await writer.write(bytes);
  return writer.finish();
}
