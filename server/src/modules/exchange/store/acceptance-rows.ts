/** What the gathered acceptance reads and writes, for many messages in a few round trips, as the role `lt_ingest`. */
import type { Transaction } from '#foundation/db';
import type { BlobId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { FormerSending } from '../acceptance.ts';
import type { Envelope, ReachedRecipient } from '../envelope.ts';

export interface ContentKey {
  readonly organisationId: OrganisationId;
  readonly documentId: string;
  readonly contentDigest: Buffer;
}

/** For each key, in order, the earlier sendings of the same organisation with that content or that document id. */
export async function findFormerSendings(
  tx: Transaction,
  keys: readonly ContentKey[],
): Promise<FormerSending[][]> {
  const rows = await tx.prepared<{
    key: number;
    id: EnvelopeId;
    package_id: BlobId;
    content_digest: Buffer;
    supplement: number;
    recipients_digest: Buffer;
    reached: OrganisationId[];
    refused_codes: string[];
  }>(
    'find-former-sendings',
    `select asked.key, envelope.id, envelope.package_id, envelope.content_digest, envelope.supplement,
       envelope.recipients_digest,
       array(
         select recipient_id from exchange.sent_recipient sent
         where sent.organisation_id = envelope.organisation_id
           and sent.envelope_id = envelope.id
           and recipient_id is not null
           -- Who could not store his copy was not reached: sending again delivers another.
           and state <> 'failed'
       )::text[] as reached,
       array(
         select to_code from exchange.sent_recipient sent
         where sent.organisation_id = envelope.organisation_id
           and sent.envelope_id = envelope.id
           and refusal_code is not null
       ) as refused_codes
     from unnest($1::uuid[], $2::text[], $3::bytea[]) with ordinality as asked (organisation_id, document_id, content_digest, key)
     cross join lateral (
       select * from exchange.envelope
       where organisation_id = asked.organisation_id
         and content_digest = asked.content_digest
       union
       select * from exchange.envelope
       where organisation_id = asked.organisation_id
         and document_id = asked.document_id
         and kind = 'document' and business_type = 0 and supplement = 0
     ) as envelope`,
    [
      keys.map((key) => key.organisationId),
      keys.map((key) => key.documentId),
      keys.map((key) => key.contentDigest),
    ],
  );
  const sendings: FormerSending[][] = keys.map(() => []);
  for (const row of rows) {
    sendings[row.key - 1]!.push({
      envelopeId: row.id,
      packageId: row.package_id,
      contentDigest: row.content_digest,
      supplement: row.supplement,
      recipientsDigest: row.recipients_digest,
      reached: row.reached,
      refusedCodes: row.refused_codes,
    });
  }
  return sendings;
}

/**
 * Inserts the envelopes and returns the ids of those inserted. One whose content or document id another server took in
 * this moment is left out, not an error: its neighbours must not fail with it, and its caller decides anew.
 */
export async function insertEnvelopes(
  tx: Transaction,
  envelopes: readonly Envelope[],
): Promise<Set<EnvelopeId>> {
  const column = <Value>(value: (envelope: Envelope) => Value): Value[] => envelopes.map(value);
  const rows = await tx.prepared<{ id: EnvelopeId }>(
    'insert-envelopes',
    `insert into exchange.envelope (
       organisation_id, id, kind, system_id, from_code, document_id, business_type, content_digest, supplement,
       recipients_digest, header, warnings, priority, package_id, package_size_bytes, package_digest,
       package_key, accepted_at, entry_id, about_document_id,
       onward_of, origin_id, origin_envelope_id
     )
     select * from unnest(
       $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::bytea[], $9::integer[],
       $10::bytea[], $11::jsonb[], $12::jsonb[], $13::smallint[], $14::uuid[], $15::bigint[], $16::bytea[], $17::bytea[],
       $18::timestamptz[], $19::uuid[], $20::text[], $21::uuid[], $22::uuid[], $23::uuid[]
     )
     on conflict do nothing
     returning id`,
    [
      column((envelope) => envelope.organisationId),
      column((envelope) => envelope.id),
      column((envelope) => envelope.kind),
      column((envelope) => envelope.systemId),
      column((envelope) => envelope.fromCode),
      column((envelope) => envelope.documentId),
      column((envelope) => envelope.businessType),
      column((envelope) => envelope.contentDigest),
      column((envelope) => envelope.supplement),
      column((envelope) => envelope.recipientsDigest),
      column((envelope) => JSON.stringify(envelope.header)),
      column((envelope) => JSON.stringify(envelope.warnings)),
      column((envelope) => envelope.priority),
      column((envelope) => envelope.package.id),
      column((envelope) => envelope.package.sizeBytes),
      column((envelope) => envelope.package.digest),
      column((envelope) => envelope.package.key),
      column((envelope) => envelope.acceptedAt.toString()),
      column((envelope) => envelope.entryId),
      column((envelope) => envelope.aboutDocumentId),
      column((envelope) => envelope.origin?.onwardOf ?? null),
      column((envelope) => envelope.origin?.organisationId ?? null),
      column((envelope) => envelope.origin?.envelopeId ?? null),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Inserts the recipients of all these envelopes: the sender's rows, and a delivery for each that is reached. */
export async function insertRecipients(tx: Transaction, envelopes: readonly Envelope[]): Promise<void> {
  const rows = envelopes.flatMap((envelope, index) =>
    envelope.recipients.map((recipient) => ({ index: index + 1, recipient })),
  );
  // Deliveries are inserted in the order of their keys, so that two servers never wait for each other in a circle.
  rows.sort((a, b) => (recipientKey(a.recipient) < recipientKey(b.recipient) ? -1 : 1));
  const reached = <Value>(value: (recipient: ReachedRecipient) => Value): (Value | null)[] =>
    rows.map(({ recipient }) => (recipient.state === 'refused' ? null : value(recipient)));
  await tx.prepared(
    'insert-recipients',
    `with asked as (
       select * from unnest(
         $1::integer[], $2::integer[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $22::text[]
       ) as recipient (envelope, ordinal, to_code, to_name, recipient_id, delivery_id, refusal_code, state)
     ),
     message as (
       select * from unnest(
         $8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::smallint[], $14::jsonb[], $15::smallint[],
         $16::timestamptz[], $17::uuid[], $18::bigint[], $19::bytea[], $20::bytea[], $21::integer[], $23::text[]
       ) with ordinality as envelope (
         organisation_id, id, kind, from_code, document_id, business_type, header, priority, accepted_at, package_id,
         package_size_bytes, package_digest, package_key, package_junk_bytes, about_document_id, envelope
       )
     ),
     sent as (
       insert into exchange.sent_recipient (
         organisation_id, envelope_id, ordinal, to_code, to_name, recipient_id, delivery_id, refusal_code, state, state_at,
         taking_back, taking_back_act, taking_back_at, taken_back_by
       )
       select message.organisation_id, message.id, ordinal, to_code, to_name, recipient_id, delivery_id, refusal_code,
         state, accepted_at, case when state = 'recalled' then 'unseen' end, case when state = 'recalled' then 'recall' end,
         case when state = 'recalled' then accepted_at end, case when state = 'recalled' then message.id end
       from asked
       join message using (envelope)
     )
     insert into exchange.delivery (
       organisation_id, id, sender_id, envelope_id, ordinal, kind, business_type, from_code, to_code, document_id, header,
       priority, accepted_at, state, state_at, package_id, package_size_bytes, package_digest, package_key,
       package_junk_bytes, about_document_id, taking_back, taking_back_act, taking_back_at, taken_back_by
     )
     select recipient_id, delivery_id, message.organisation_id, message.id, ordinal, kind, business_type, from_code, to_code,
       document_id, case when state = 'recalled' then exchange.register_line(header) else header end, priority, accepted_at,
       state, accepted_at, package_id, package_size_bytes, package_digest,
       case when state = 'recalled' then null else package_key end, package_junk_bytes, about_document_id,
       case when state = 'recalled' then 'unseen' end, case when state = 'recalled' then 'recall' end,
       case when state = 'recalled' then accepted_at end, case when state = 'recalled' then message.id end
     from asked
     join message using (envelope)
     where delivery_id is not null`,
    [
      rows.map(({ index }) => index),
      rows.map(({ recipient }) => recipient.ordinal),
      rows.map(({ recipient }) => recipient.toCode),
      rows.map(({ recipient }) => recipient.toName),
      reached((recipient) => recipient.organisationId),
      reached((recipient) => recipient.deliveryId),
      rows.map(({ recipient }) => (recipient.state === 'refused' ? recipient.refusalCode : null)),
      envelopes.map((envelope) => envelope.organisationId),
      envelopes.map((envelope) => envelope.id),
      envelopes.map((envelope) => envelope.kind),
      envelopes.map((envelope) => envelope.fromCode),
      envelopes.map((envelope) => envelope.documentId),
      envelopes.map((envelope) => envelope.businessType),
      envelopes.map((envelope) => JSON.stringify(envelope.header)),
      envelopes.map((envelope) => envelope.priority),
      envelopes.map((envelope) => envelope.acceptedAt.toString()),
      envelopes.map((envelope) => envelope.package.id),
      envelopes.map((envelope) => envelope.package.sizeBytes),
      envelopes.map((envelope) => envelope.package.digest),
      envelopes.map((envelope) => envelope.package.key),
      envelopes.map((envelope) => envelope.package.junkBytes),
      rows.map(({ recipient }) => recipient.state),
      envelopes.map((envelope) => envelope.aboutDocumentId),
    ],
  );
}

function recipientKey(recipient: Envelope['recipients'][number]): string {
  return recipient.state === 'refused' ? '' : recipient.organisationId + recipient.deliveryId;
}
