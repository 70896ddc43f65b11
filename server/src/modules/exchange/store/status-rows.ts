/** Status messages: found again by what they report, written as the reporter's own, delivered to the other side. */
import type { Transaction } from '#foundation/db';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { Envelope } from '../envelope.ts';

export type StatusKey = { readonly organisationId: OrganisationId } & (
  | { readonly contentDigest: Buffer }
  | { readonly documentId: string; readonly recipientId: OrganisationId; readonly statusCode: string }
);

/** The status that the organisation reported before: this very report, or the latest with that code about the document. */
export async function findStatusEnvelope(tx: Transaction, key: StatusKey): Promise<EnvelopeId | undefined> {
  if ('contentDigest' in key) {
    const [row] = await tx.prepared<{ id: EnvelopeId }>(
      'find-status-by-content',
      `select id
       from exchange.envelope
       where organisation_id = $1
         and content_digest = $2
         and kind = 'status'`,
      [key.organisationId, key.contentDigest],
    );
    return row?.id;
  }
  const [row] = await tx.prepared<{ id: EnvelopeId }>(
    'find-status-by-code',
    `select envelope.id
     from exchange.envelope
     join exchange.sent_recipient sent
       on sent.organisation_id = envelope.organisation_id
       and sent.envelope_id = envelope.id
     where envelope.organisation_id = $1
       and envelope.document_id = $2
       and envelope.kind = 'status'
       and envelope.header ->> 'statusCode' = $3
       and sent.recipient_id = $4
     order by envelope.accepted_at desc
     limit 1`,
    [key.organisationId, key.documentId, key.statusCode, key.recipientId],
  );
  return row?.id;
}

export async function insertStatusRecipient(tx: Transaction, envelope: Envelope): Promise<void> {
  const [recipient] = envelope.recipients;
  assert(recipient?.state === 'waiting', 'a status goes to one organisation of the directory');
  await tx.prepared(
    'insert-status-recipient',
    `insert into exchange.sent_recipient (
       organisation_id, envelope_id, ordinal, to_code, to_name, recipient_id, delivery_id, state, state_at
     )
     values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)`,
    [
      envelope.organisationId,
      envelope.id,
      recipient.ordinal,
      recipient.toCode,
      recipient.toName,
      recipient.organisationId,
      recipient.deliveryId,
      envelope.acceptedAt.toString(),
    ],
  );
}

export async function deliverStatus(tx: Transaction, envelope: Envelope): Promise<void> {
  await tx.prepared('deliver-status', 'select exchange.deliver_status($1, $2, $3)', [
    envelope.organisationId,
    envelope.id,
    envelope.package.junkBytes,
  ]);
}
