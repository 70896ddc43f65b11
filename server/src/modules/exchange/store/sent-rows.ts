/** What an organisation sent, as it sees it: its envelopes and its own row about each recipient. */
import type { Transaction } from '#foundation/db';
import type { BlobId, DeliveryId, EntryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { DeliveryState } from '../delivery.ts';
import type { MessageHeader, MessageKind } from '../envelope.ts';
import type { TakingBack, TakingBackAct } from '../taking-back.ts';

export interface EnvelopeKey {
  readonly organisationId: OrganisationId;
  readonly envelopeId: EnvelopeId;
}

export async function getEntryOfEnvelope(tx: Transaction, key: EnvelopeKey): Promise<EntryId> {
  const [row] = await tx.prepared<{ entry_id: EntryId }>(
    'get-entry-of-envelope',
    `select entry_id
     from exchange.envelope
     where organisation_id = $1
       and id = $2`,
    [key.organisationId, key.envelopeId],
  );
  assert(row, 'the envelope is there');
  return row.entry_id;
}

export async function getPackageOfEnvelope(
  tx: Transaction,
  key: EnvelopeKey,
): Promise<{ id: BlobId; sizeBytes: number; key: Buffer | null }> {
  const [row] = await tx.query<{ id: BlobId; sizeBytes: number; key: Buffer | null }>(
    `select package_id as id, package_size_bytes as "sizeBytes", package_key as key
     from exchange.envelope
     where organisation_id = $1
       and id = $2`,
    [key.organisationId, key.envelopeId],
  );
  assert(row, 'the envelope is there');
  return row;
}

export async function listRefusedRecipients(
  tx: Transaction,
  key: EnvelopeKey,
): Promise<{ code: string; reason: string }[]> {
  return tx.prepared(
    'list-refused-recipients',
    `select to_code as code, refusal_code as reason
     from exchange.sent_recipient
     where organisation_id = $1
       and envelope_id = $2
       and refusal_code is not null
     order by ordinal`,
    [key.organisationId, key.envelopeId],
  );
}

export interface SentRow {
  readonly organisation_id: OrganisationId;
  readonly envelope_id: EnvelopeId;
  readonly delivery_id: DeliveryId | null;
  readonly kind: MessageKind;
  readonly from_code: string;
  readonly to_code: string;
  readonly to_name: string;
  readonly document_id: string;
  readonly header: MessageHeader;
  readonly accepted_at: Temporal.Instant;
  readonly fetched_at: Temporal.Instant | null;
  readonly done_at: Temporal.Instant | null;
  readonly state: DeliveryState | 'refused';
  readonly overdue_at: Temporal.Instant | null;
  readonly refusal_code: string | null;
  readonly business_status: string | null;
  readonly business_status_at: Temporal.Instant | null;
  readonly business_status_text: string | null;
  /** With the other three of it, or none. */
  readonly taking_back: TakingBack | null;
  readonly taking_back_act: TakingBackAct | null;
  readonly taking_back_at: Temporal.Instant | null;
  readonly taken_back_by: EnvelopeId | null;
}

/**
 * When the sender was last told that the copy waits, while it still does. One that was put back into its list waits anew;
 * one that was returned or taken back is not waited for.
 */
export const overdueAt = `case
    when state in ('fetched', 'sending', 'parked') or state = 'waiting' and reminded_at > state_at then reminded_at
  end as overdue_at`;

const sentColumns = `envelope.organisation_id, envelope.id as envelope_id, sent.delivery_id, envelope.kind, envelope.from_code,
  sent.to_code, sent.to_name, envelope.document_id, envelope.header, envelope.accepted_at, sent.fetched_at, sent.done_at,
  sent.state, sent.refusal_code, sent.business_status, sent.business_status_at, sent.business_status_text,
  sent.taking_back, sent.taking_back_act, sent.taking_back_at, sent.taken_back_by, ${overdueAt}`;

/** A row a recipient, of one envelope. */
export async function listSentRowsOf(
  tx: Transaction,
  asked: { organisations: readonly OrganisationId[]; envelopeId: string; limitRows: number },
): Promise<SentRow[]> {
  return tx.query(
    `select ${sentColumns}
     from exchange.envelope
     join exchange.sent_recipient sent
       on sent.organisation_id = envelope.organisation_id
       and sent.envelope_id = envelope.id
     where envelope.organisation_id = any ($1::uuid[])
       and envelope.id = $2
     order by sent.ordinal
     limit $3`,
    [asked.organisations, asked.envelopeId, asked.limitRows],
  );
}

/** A row a recipient, of the latest envelopes. */
export async function listLatestSentRows(
  tx: Transaction,
  asked: { organisations: readonly OrganisationId[]; kind: MessageKind; limitRows: number },
): Promise<SentRow[]> {
  return tx.query(
    `select ${sentColumns}
     from (
       select latest.*
       from unnest($1::uuid[]) as asked (organisation_id)
       cross join lateral (
         select *
         from exchange.envelope
         where organisation_id = asked.organisation_id
           and kind = $2
         order by accepted_at desc, id
         limit $3
       ) latest
       order by latest.accepted_at desc, latest.id
       limit $3
     ) envelope
     join exchange.sent_recipient sent
       on sent.organisation_id = envelope.organisation_id
       and sent.envelope_id = envelope.id
     order by envelope.accepted_at desc, envelope.id, sent.ordinal
     limit $3`,
    [asked.organisations, asked.kind, asked.limitRows],
  );
}

/** That the sender was told of a copy that its recipient does not collect. */
export async function setReminded(
  tx: Transaction,
  { organisationId, envelopeId, deliveryId }: EnvelopeKey & { readonly deliveryId: DeliveryId },
): Promise<void> {
  await tx.query(
    `update exchange.sent_recipient
     set reminded_at = $4
     where organisation_id = $1
       and envelope_id = $2
       and delivery_id = $3`,
    [organisationId, envelopeId, deliveryId, tx.now.toString()],
  );
}

export interface RecipientEntry {
  readonly delivery_id: DeliveryId;
  readonly kind: string;
  readonly recorded_at: Temporal.Instant;
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly key_id: string;
}

/** Entries about the copies of all recipients of an envelope, through the function that only its sender may call. */
export async function listRecipientEntries(tx: Transaction, key: EnvelopeKey): Promise<RecipientEntry[]> {
  return tx.query(
    `select delivery_id, kind, recorded_at, payload, signature, key_id
     from exchange.recipient_entries($1, $2)`,
    [key.organisationId, key.envelopeId],
  );
}
