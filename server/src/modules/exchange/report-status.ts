/**
 * A status message about a document: a receiver reports what it does about it (01 to 06), or answers a request to give
 * it back (15, 16); the sender asks for it back (13, see take-back.ts). The message goes into the mailbox of the other
 * side, and both sides' rows about the document move with it, in one transaction.
 */
import { insertBlobRows } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { insertEntries, receiptOf } from '#foundation/evidence';
import type { EnvelopeId } from '#foundation/ids';
import { assert, Refusal } from '#foundation/refusal';
import { answerTakingBack } from './answer-taking-back.ts';
import { isAnswer, nextStatus, parseStatusCode } from './business-status.ts';
import type { ProgressStatus } from './business-status.ts';
import type { Caller } from './caller.ts';
import { composeReport, digestOfReport, resolveParties } from './compose-report.ts';
import type { StatusReport, StatusWriting } from './compose-report.ts';
import { refuseLongDocumentId } from './document-id.ts';
import type { Exchange } from './exchange.ts';
import { listedText } from './listed-text.ts';
import { refuse } from './refusals.ts';
import { readSent } from './read-sent.ts';
import type { Sent } from './read-sent.ts';
import { insertEnvelopes } from './store/acceptance-rows.ts';
import { lockAnsweredDelivery, setBusinessStatus, tellSender } from './store/delivery-rows.ts';
import { deliverStatus, findStatusEnvelope, insertStatusRecipient } from './store/status-rows.ts';
import { takeBack } from './take-back.ts';

/** What a status wrote; without a receipt it is that of an earlier report, which it repeats. */
export type WrittenStatus = { readonly envelopeId: EnvelopeId; readonly receipt?: string };

export async function reportStatus(exchange: Exchange, caller: Caller, report: StatusReport): Promise<Sent> {
  const code = parseStatusCode(report.message.statusCode);
  refuseLongDocumentId(report.message.responseFor.documentId);
  const blob = await report.received.store();
  try {
    const { database } = exchange.platform;
    const parties = await inTransaction(database.app, {}, (tx) => resolveParties(tx, caller, report));
    const writing: StatusWriting = { ...report, ...parties, caller, code, blob };
    const organisations = [parties.sender.organisationId];
    // Taking back acts on the other side's copy, as the acceptance does; anything else on one's own.
    const written = await (code === '13'
      ? inTransaction(database.ingest, { organisations }, (tx) => takeBack(exchange, tx, writing))
      : inTransaction(database.app, { organisations }, (tx) => writeOwnStatus(exchange, tx, writing)));
    const { envelopeId, receipt } = written;
    if (receipt !== undefined) return { envelopeId, receipt, repeated: false, refused: [] };
    if (!blob.row) await exchange.platform.blobs.drop(blob.id);
    return await readSent(exchange, parties.sender.organisationId, envelopeId);
  } catch (error) {
    // As with documents: after an outage the commit may have counted, and then the row needs its package.
    if (error instanceof Refusal && !blob.row) await exchange.platform.blobs.drop(blob.id);
    throw error;
  }
}

async function writeOwnStatus(
  exchange: Exchange,
  tx: Transaction,
  writing: StatusWriting,
): Promise<WrittenStatus> {
  const { code } = writing;
  assert(code !== '13', 'who takes back acts on copies that others hold');
  return isAnswer(code)
    ? answerTakingBack(exchange, tx, { ...writing, code })
    : writeProgress(exchange, tx, writing, code);
}

async function writeProgress(
  exchange: Exchange,
  tx: Transaction,
  writing: StatusWriting,
  code: ProgressStatus,
): Promise<WrittenStatus> {
  const { message, sender, target } = writing;
  const { documentId } = message.responseFor;
  const { organisationId } = sender;
  // Locked, so that two reports about it come one after the other.
  const answered = await lockAnsweredDelivery(tx, {
    organisationId,
    senderId: target.organisationId,
    documentId,
  });
  if (!answered) {
    throw refuse('original_unknown', { documentId, from: sender.code, organisation: target.code });
  }
  const repeated = await findStatusEnvelope(tx, { organisationId, contentDigest: digestOfReport(writing) });
  if (repeated) return { envelopeId: repeated };
  if (nextStatus(answered.businessStatus, code) === 'same') {
    const recipientId = target.organisationId;
    const same = await findStatusEnvelope(tx, { organisationId, documentId, recipientId, statusCode: code });
    if (same) return { envelopeId: same };
  }
  const { receipts } = exchange.platform;
  const { envelope, entry } = composeReport(writing, {
    subjectId: answered.id,
    at: tx.now,
    signer: receipts,
  });
  const inserted = await insertEnvelopes(tx, [envelope]);
  assert(inserted.has(envelope.id), 'reports about a locked copy come one after the other');
  await insertStatusRecipient(tx, envelope);
  await insertBlobRows(tx, [writing.blob]);
  await deliverStatus(tx, envelope);
  await setBusinessStatus(tx, answered, code);
  await tellSender(tx, answered, listedText(message.description));
  await insertEntries(tx, [entry]);
  return { envelopeId: envelope.id, receipt: receiptOf(entry) };
}
