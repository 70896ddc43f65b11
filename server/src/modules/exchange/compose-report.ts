/** The envelope, the entry and the identity of a status message. */
import { createHash } from 'node:crypto';
import { resolveCodes } from '#directory';
import type { ResolvedOrganisation } from '#directory';
import type { StoredBlob } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import { prepareEntry } from '#foundation/evidence';
import type { Entry, ReceiptSigner } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { DeliveryId } from '#foundation/ids';
import { statusNames } from './business-status.ts';
import type { BusinessStatus } from './business-status.ts';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { digestOfList, digestText } from './compose-acceptance.ts';
import type { StatusMessage } from './edxml/index.ts';
import type { Envelope, Recipient } from './envelope.ts';
import { listedText } from './listed-text.ts';
import { assertMaySend } from './policy.ts';
import type { ReceivedPackage } from './receive-package.ts';
import { refuse } from './refusals.ts';
import type { SendRequest } from './send-envelope.ts';

export interface StatusReport {
  readonly request: SendRequest;
  readonly message: StatusMessage;
  readonly received: ReceivedPackage;
}

export interface Parties {
  /** Who reports. */
  readonly sender: ResolvedOrganisation;
  /** Whom ResponseFor names: the issuer of the document; for 13 its receiver. */
  readonly target: ResolvedOrganisation;
}

export interface StatusWriting extends StatusReport, Parties {
  readonly caller: Caller;
  readonly code: BusinessStatus;
  readonly blob: StoredBlob;
}

export async function resolveParties(
  tx: Transaction,
  caller: Caller,
  { request, message }: StatusReport,
): Promise<Parties> {
  const codes = [message.from.organId, message.responseFor.organId, ...(request.from ? [request.from] : [])];
  const directory = await resolveCodes(tx, codes);
  const sender = assertMaySend(caller, { claimedFrom: request.from, message }, directory);
  const target = directory.get(message.responseFor.organId);
  if (!target) throw refuse('recipient_unknown', { codes: [message.responseFor.organId] });
  return { sender, target };
}

export interface ComposedReport {
  readonly envelope: Envelope;
  readonly entry: Entry;
}

export function composeReport(
  writing: StatusWriting,
  {
    subjectId,
    isUnseen = false,
    at,
    signer,
  }: {
    /** The copy to whose history it belongs; without one it is the history of the message itself. */
    readonly subjectId?: DeliveryId;
    /** It takes back what its recipient never saw, and is not delivered to him. */
    readonly isUnseen?: boolean;
    readonly at: Temporal.Instant;
    readonly signer: ReceiptSigner;
  },
): ComposedReport {
  const { message, sender, target, caller, blob, code } = writing;
  const id = newId<'envelope'>();
  const recipient: Recipient = {
    ordinal: 0,
    toCode: message.responseFor.organId,
    toName: target.name,
    state: isUnseen ? 'recalled' : 'waiting',
    organisationId: target.organisationId,
    deliveryId: newId<'delivery'>(),
  };
  const entry = prepareEntry(
    {
      kind: 'exchange.status_reported',
      organisation: { id: sender.organisationId, code: sender.code },
      subjectId: subjectId ?? id,
      actor: actorOf(caller),
      requestDigest: digestText(blob.digest),
      claims: {
        message: 'status',
        status: code,
        document: message.responseFor.documentId,
        envelope: id,
        package: digestText(blob.digest),
        recipients: { count: 1, digest: digestText(digestOfList([recipient])) },
      },
      detail: { text: listedText(message.description), target: target.code },
    },
    { at, signer },
  );
  const contentDigest = digestOfReport(writing);
  const envelope: Envelope = {
    organisationId: sender.organisationId,
    id,
    kind: 'status',
    systemId: caller.systemId,
    fromCode: message.from.organId,
    documentId: message.responseFor.documentId,
    businessType: null,
    aboutDocumentId: null,
    origin: null,
    contentDigest,
    supplement: 0,
    recipientsDigest: contentDigest,
    header: { statusCode: code, statusText: statusNames[code], subject: listedText(message.description) },
    warnings: message.warnings,
    priority: 0,
    package: { ...blob, junkBytes: message.xmlOffset },
    acceptedAt: at,
    entryId: entry.id,
    recipients: [recipient],
  };
  return { envelope, entry };
}

/** The same (from, ResponseFor, code, time) is the same report, whatever else was rebuilt around it. */
export function digestOfReport({ message, sender, target }: StatusReport & Parties): Buffer {
  const { responseFor, statusCode, timestamp } = message;
  const key = [
    sender.organisationId,
    target.organisationId,
    responseFor.documentId,
    statusCode,
    timestamp?.raw ?? '',
  ];
  return createHash('sha256').update(JSON.stringify(key)).digest();
}
