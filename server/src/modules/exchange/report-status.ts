/**
 * A receiving organisation reports what it does about a document; the status goes into the mailbox of the document's
 * sender, and both sides' rows about the document move with it, in one transaction.
 *
 * 13 (lấy lại) goes the other way, from the sender to a receiver. 13, 15 and 16 are carried and recorded; they leave
 * the progress of the document where it is.
 */
import { createHash } from 'node:crypto';
import { resolveCodes } from '#directory';
import type { ResolvedOrganisation } from '#directory';
import { insertBlobRows } from '#foundation/blob';
import type { StoredBlob } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { insertEntries, prepareEntry, receiptOf } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { EnvelopeId } from '#foundation/ids';
import { assert, Refusal } from '#foundation/refusal';
import { isProgress, nextStatus, parseStatusCode, statusNames } from './business-status.ts';
import type { BusinessStatus } from './business-status.ts';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { refuseLongDocumentId } from './document-id.ts';
import { digestOfList, digestText } from './compose-acceptance.ts';
import type { StatusMessage } from './edxml/index.ts';
import type { Envelope, Recipient } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { listedText } from './listed-text.ts';
import { assertMaySend } from './policy.ts';
import type { ReceivedPackage } from './receive-package.ts';
import { refuse } from './refusals.ts';
import { readSent } from './read-sent.ts';
import type { Sent } from './read-sent.ts';
import type { SendRequest } from './send-envelope.ts';
import { insertEnvelopes } from './store/acceptance-rows.ts';
import { lockAnsweredDelivery, setBusinessStatus, tellSender } from './store/delivery-rows.ts';
import type { AnsweredDelivery } from './store/delivery-rows.ts';
import { deliverStatus, findStatusEnvelope, insertStatusRecipient } from './store/status-rows.ts';

interface StatusReport {
  readonly request: SendRequest;
  readonly message: StatusMessage;
  readonly received: ReceivedPackage;
}

export async function reportStatus(exchange: Exchange, caller: Caller, report: StatusReport): Promise<Sent> {
  const blob = await report.received.store();
  try {
    const { database } = exchange.platform;
    const { sender, target } = await inTransaction(database.app, {}, (tx) =>
      resolveParties(tx, caller, report),
    );
    const written = await inTransaction(database.app, { organisations: [sender.organisationId] }, (tx) =>
      writeStatusReport(exchange, tx, { ...report, caller, sender, target, blob }),
    );
    if ('receipt' in written) return { ...written, repeated: false, refused: [] };
    if (!blob.row) await exchange.platform.blobs.drop(blob.id);
    return await readSent(exchange, sender.organisationId, written.envelopeId);
  } catch (error) {
    // As with documents: after an outage the commit may have counted, and then the row needs its package.
    if (error instanceof Refusal && !blob.row) await exchange.platform.blobs.drop(blob.id);
    throw error;
  }
}

interface Parties {
  /** Who reports. */
  readonly sender: ResolvedOrganisation;
  /** Whom ResponseFor names: the issuer of the document; for 13 its receiver. */
  readonly target: ResolvedOrganisation;
}

async function resolveParties(
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

interface StatusWriting extends StatusReport, Parties {
  readonly caller: Caller;
  readonly blob: StoredBlob;
}

async function writeStatusReport(
  exchange: Exchange,
  tx: Transaction,
  writing: StatusWriting,
): Promise<{ envelopeId: EnvelopeId; receipt: string } | { envelopeId: EnvelopeId }> {
  const { message, sender, target, blob } = writing;
  const code = parseStatusCode(message.statusCode);
  const answered = await lockAnswered(tx, writing, code);
  const contentDigest = digestOfReport(writing);
  const repeated = await findStatusEnvelope(tx, { organisationId: sender.organisationId, contentDigest });
  if (repeated) return { envelopeId: repeated };

  if (answered && isProgress(code) && nextStatus(answered.businessStatus, code) === 'same') {
    const same = await findStatusEnvelope(tx, {
      organisationId: sender.organisationId,
      documentId: message.responseFor.documentId,
      recipientId: target.organisationId,
      statusCode: code,
    });
    if (same) return { envelopeId: same };
  }
  const { envelope, entry } = composeReport(exchange, tx, { ...writing, code, answered, contentDigest });
  const inserted = await insertEnvelopes(tx, [envelope]);
  if (!inserted.has(envelope.id)) {
    // Nothing is locked for 13: the same report came by another request in this moment, and has committed.
    const other = await findStatusEnvelope(tx, { organisationId: sender.organisationId, contentDigest });
    assert(other, 'what is in the way of a status is the same status');
    return { envelopeId: other };
  }
  await insertStatusRecipient(tx, envelope);
  await insertBlobRows(tx, [blob]);
  await deliverStatus(tx, envelope);
  if (answered && isProgress(code)) {
    await setBusinessStatus(tx, answered, code);
    await tellSender(tx, answered, listedText(message.description));
  }
  await insertEntries(tx, [entry]);
  return { envelopeId: envelope.id, receipt: receiptOf(entry) };
}

/**
 * The delivery that the status is about, locked, so that two reports about it come one after the other. None for 13, which
 * is about a copy that somebody else has.
 */
async function lockAnswered(
  tx: Transaction,
  { message, sender, target }: StatusWriting,
  code: BusinessStatus,
): Promise<AnsweredDelivery | undefined> {
  const { documentId } = message.responseFor;
  if (code === '13') {
    refuseLongDocumentId(documentId);
    return undefined;
  }
  const answered = await lockAnsweredDelivery(tx, {
    organisationId: sender.organisationId,
    senderId: target.organisationId,
    documentId,
  });
  if (answered) return answered;
  throw refuse('original_unknown', { documentId, from: sender.code, organisation: target.code });
}

interface ComposedReport extends StatusWriting {
  readonly code: BusinessStatus;
  readonly answered: AnsweredDelivery | undefined;
  readonly contentDigest: Buffer;
}

function composeReport(exchange: Exchange, tx: Transaction, report: ComposedReport) {
  const { message, sender, target, caller, blob, code, answered, contentDigest } = report;
  const id = newId<'envelope'>();
  const recipient: Recipient = {
    ordinal: 0,
    toCode: message.responseFor.organId,
    toName: target.name,
    state: 'waiting',
    organisationId: target.organisationId,
    deliveryId: newId<'delivery'>(),
  };
  const entry = prepareEntry(
    {
      kind: 'exchange.status_reported',
      organisation: { id: sender.organisationId, code: sender.code },
      // It belongs to the history of the copy that it is about.
      subjectId: answered?.id ?? id,
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
    { at: tx.now, signer: exchange.platform.receipts },
  );
  const envelope: Envelope = {
    organisationId: sender.organisationId,
    id,
    kind: 'status',
    systemId: caller.systemId,
    fromCode: message.from.organId,
    documentId: message.responseFor.documentId,
    businessType: null,
    contentDigest,
    supplement: 0,
    recipientsDigest: contentDigest,
    header: { statusCode: code, statusText: statusNames[code], subject: listedText(message.description) },
    warnings: message.warnings,
    priority: 0,
    package: { ...blob, junkBytes: message.xmlOffset },
    acceptedAt: tx.now,
    entryId: entry.id,
    recipients: [recipient],
  };
  return { envelope, entry };
}

/** The same (from, ResponseFor, code, time) is the same report, whatever else was rebuilt around it. */
function digestOfReport({ message, sender, target }: StatusWriting): Buffer {
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
