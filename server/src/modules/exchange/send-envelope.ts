/**
 * Takes in one message of a system that its dialect authenticated: a document for its recipients, or a status message
 * about a document that was received. Resolves only after the commit; a refusal leaves nothing but its own entry.
 */
import type { StoredBlob } from '#foundation/blob';
import { isId } from '#foundation/ids';
import { assertNever, Refusal } from '#foundation/refusal';
import type { Caller } from './caller.ts';
import { refuseLongDocumentId } from './document-id.ts';
import { contentDigest } from './edxml/index.ts';
import type { DocumentMessage } from './edxml/index.ts';
import type { Exchange } from './exchange.ts';
import { findDifference } from './find-difference.ts';
import { receivePackage } from './receive-package.ts';
import type { IncomingPackage, ReceivedPackage } from './receive-package.ts';
import { readSent } from './read-sent.ts';
import type { Sent } from './read-sent.ts';
import { refuse } from './refusals.ts';
import { reportStatus } from './report-status.ts';

export interface SendRequest extends IncomingPackage {
  /** The code of the sender beside the message (VXP: header `from`); it must mean the organisation of the message. */
  readonly from: string | undefined;
  /** The id of a copy that the sender received and passes on with this document. */
  readonly onwardOf?: string;
}

export async function send(exchange: Exchange, caller: Caller, request: SendRequest): Promise<Sent> {
  let received: ReceivedPackage | undefined;
  try {
    return await exchange.gate.pass(caller, request, async (body) => {
      received = await receivePackage(exchange.platform, { ...request, body });
      const { message } = received;
      if (message.kind === 'status') return reportStatus(exchange, caller, { request, message, received });
      return sendDocument(exchange, caller, { request, message, received });
    });
  } catch (error) {
    if (error instanceof Refusal)
      await exchange.refusals.record(caller, { refusal: error, digest: received?.digest });
    throw error;
  }
}

interface DocumentSending {
  readonly request: SendRequest;
  readonly message: DocumentMessage;
  readonly received: ReceivedPackage;
}

async function sendDocument(
  exchange: Exchange,
  caller: Caller,
  { request, message, received }: DocumentSending,
): Promise<Sent> {
  try {
    refuseStateSecret(message);
    refuseLongDocumentId(message.documentId);
    const { onwardOf } = request;
    if (onwardOf !== undefined && !isId(onwardOf))
      throw refuse('onward_unknown', { id: onwardOf.slice(0, 64) });
  } catch (error) {
    await received.discard();
    throw error;
  }
  const blob = await received.store();
  const accepted = await exchange.acceptance
    .submit({
      caller,
      claimedFrom: request.from,
      message,
      contentDigest: contentDigest(message),
      package: blob,
      onwardOf: request.onwardOf,
    })
    .catch(async (error: unknown) => {
      // A refusal is certain, so the package goes. After an outage nobody knows whether the commit counted: it stays,
      // and the sweep removes it when no row refers to it.
      if (error instanceof Refusal) await dropPackage(exchange, blob);
      throw error;
    });
  const { senderId, envelopeId } = accepted;
  switch (accepted.outcome) {
    case 'accepted': {
      const refused = accepted.recipients.flatMap((recipient) =>
        recipient.state === 'refused' ? [{ code: recipient.toCode, reason: recipient.refusalCode }] : [],
      );
      return { envelopeId, receipt: accepted.receipt, repeated: false, refused };
    }
    case 'repeat':
      if (!accepted.keepsPackage) await dropPackage(exchange, blob);
      return readSent(exchange, senderId, envelopeId);
    case 'taken': {
      await dropPackage(exchange, blob);
      const field = await findDifference(exchange, { organisationId: senderId, envelopeId, message });
      throw refuse('document_id_taken', { documentId: message.documentId, field });
    }
    default:
      return assertNever(accepted);
  }
}

/** A small package is a row that was not inserted: there is nothing to drop. */
async function dropPackage(exchange: Exchange, blob: StoredBlob): Promise<void> {
  if (!blob.row) await exchange.platform.blobs.drop(blob.id);
}

/** State secrets may not travel on the axis at all (Decision 28/2018 Art. 1.2); only the old dialect has a field for it. */
function refuseStateSecret(message: DocumentMessage): void {
  const secrecy = message.otherInfo.secret.toLowerCase();
  if (!openSecrecyLevels.has(secrecy)) throw refuse('state_secret');
}

const openSecrecyLevels = new Set(['', '0', 'thường', 'thuong', 'không', 'khong']);
