/** What an organisation sent, page by page; and what came to it, one by one and page by page. For the native API. */
import type { Transaction } from '#foundation/db';
import type { BlobId, DeliveryId, EntryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryState } from '../delivery.ts';
import type { MessageHeader, MessageKind } from '../envelope.ts';
import type { TakingBack, TakingBackAct } from '../taking-back.ts';
import { isInTurn } from './mailbox-rows.ts';
import { overdueAt } from './sent-rows.ts';

export interface EnvelopeRow {
  readonly organisation_id: OrganisationId;
  readonly id: EnvelopeId;
  readonly kind: MessageKind;
  readonly from_code: string;
  readonly document_id: string;
  readonly business_type: number | null;
  readonly header: MessageHeader;
  readonly warnings: readonly object[];
  readonly priority: number;
  readonly package_size_bytes: number;
  readonly package_digest: Buffer;
  readonly accepted_at: Temporal.Instant;
  readonly entry_id: EntryId;
}

const envelopeColumns = `organisation_id, id, kind, from_code, document_id, business_type, header, warnings, priority,
  package_size_bytes, package_digest, accepted_at, entry_id`;

/** Newest first, in the order of the index. */
export async function listEnvelopeRows(
  tx: Transaction,
  asked: {
    organisations: readonly OrganisationId[];
    kind: MessageKind;
    documentId: string | null;
    after: { acceptedAt: Temporal.Instant; id: string } | null;
    limitRows: number;
  },
): Promise<EnvelopeRow[]> {
  return tx.query(
    `select page.*
     from unnest($1::uuid[]) as asked (organisation_id)
     cross join lateral (
       select ${envelopeColumns}
       from exchange.envelope
       where organisation_id = asked.organisation_id
         and kind = $2
         and ($3::text is null or document_id = $3)
         and ($4::timestamptz is null or (accepted_at <= $4 and (accepted_at < $4 or id > $5::uuid)))
       order by accepted_at desc, id
       limit $6
     ) page
     order by accepted_at desc, id
     limit $6`,
    [
      asked.organisations,
      asked.kind,
      asked.documentId,
      asked.after?.acceptedAt.toString() ?? null,
      asked.after?.id ?? null,
      asked.limitRows,
    ],
  );
}

export async function findEnvelopeRow(
  tx: Transaction,
  { organisations, id }: { organisations: readonly OrganisationId[]; id: string },
): Promise<EnvelopeRow | undefined> {
  const [row] = await tx.query<EnvelopeRow>(
    `select ${envelopeColumns}
     from exchange.envelope
     where organisation_id = any ($1::uuid[])
       and id = $2`,
    [organisations, id],
  );
  return row;
}

export interface RecipientRow {
  readonly ordinal: number;
  readonly delivery_id: DeliveryId | null;
  readonly to_code: string;
  readonly to_name: string;
  readonly state: DeliveryState | 'refused';
  readonly state_at: Temporal.Instant;
  readonly fetched_at: Temporal.Instant | null;
  readonly done_at: Temporal.Instant | null;
  readonly refusal_code: string | null;
  readonly overdue_at: Temporal.Instant | null;
  readonly business_status: string | null;
  readonly business_status_at: Temporal.Instant | null;
  readonly business_status_text: string | null;
  readonly taking_back: TakingBack | null;
  readonly taking_back_act: TakingBackAct | null;
  readonly taking_back_at: Temporal.Instant | null;
  readonly taken_back_by: EnvelopeId | null;
}

/** In the order of the sender's list. */
export async function listRecipientRows(
  tx: Transaction,
  asked: { organisationId: OrganisationId; envelopeId: EnvelopeId; afterOrdinal: number; limitRows: number },
): Promise<RecipientRow[]> {
  return tx.query(
    `select ordinal, delivery_id, to_code, to_name, state, state_at, fetched_at, done_at, refusal_code,
       business_status, business_status_at, business_status_text, taking_back, taking_back_act, taking_back_at, taken_back_by,
       ${overdueAt}
     from exchange.sent_recipient
     where organisation_id = $1
       and envelope_id = $2
       and ordinal > $3
     order by ordinal
     limit $4`,
    [asked.organisationId, asked.envelopeId, asked.afterOrdinal, asked.limitRows],
  );
}

export interface DeliveryRow {
  readonly organisation_id: OrganisationId;
  readonly id: DeliveryId;
  readonly envelope_id: EnvelopeId;
  readonly kind: MessageKind;
  readonly business_type: number | null;
  readonly from_code: string;
  readonly to_code: string;
  readonly document_id: string;
  readonly header: MessageHeader;
  readonly priority: number;
  readonly state: DeliveryState;
  readonly state_at: Temporal.Instant;
  readonly accepted_at: Temporal.Instant;
  readonly fetched_at: Temporal.Instant | null;
  readonly done_at: Temporal.Instant | null;
  readonly business_status: string | null;
  readonly business_status_at: Temporal.Instant | null;
  readonly package_id: BlobId;
  readonly package_size_bytes: number;
  readonly package_digest: Buffer;
  readonly package_key: Buffer | null;
  readonly taking_back: TakingBack | null;
  readonly taking_back_act: TakingBackAct | null;
  readonly taking_back_at: Temporal.Instant | null;
  readonly is_stuck: boolean;
  readonly is_taken_back: boolean;
}

const deliveryColumns = `organisation_id, id, envelope_id, kind, business_type, from_code, to_code, document_id, header,
  priority, state, state_at, accepted_at, fetched_at, done_at, business_status, business_status_at, package_id,
  package_size_bytes, package_digest, package_key, taking_back, taking_back_act, taking_back_at,
  fetch_count >= 10 as is_stuck,
  coalesce(taking_back = 'unseen' or taking_back = 'agreed' and taking_back_act <> 'update', false) as is_taken_back`;

export type HeldState = 'parked' | 'failed' | 'returned';

export interface MailboxPlace {
  readonly isStuck: boolean;
  readonly priority: number;
  readonly acceptedAt: Temporal.Instant;
  readonly id: string;
}

/** What waits, in the order of the mailbox (`mailbox-rows.ts`): stuck mail last, then urgency, then acceptance. */
export async function listMailboxRows(
  tx: Transaction,
  asked: {
    organisations: readonly OrganisationId[];
    kind: MessageKind;
    after: MailboxPlace | null;
    limitRows: number;
  },
): Promise<DeliveryRow[]> {
  const { after } = asked;
  return tx.query(
    `select page.*
     from unnest($1::uuid[]) as asked (organisation_id)
     cross join lateral (
       select ${deliveryColumns}
       from exchange.delivery
       where organisation_id = asked.organisation_id
         and kind = $2
         and state in ('waiting', 'sending', 'fetched', 'returned')
         and ${isInTurn}
         and (
           $3::boolean is null
           or (fetch_count >= 10, -priority, accepted_at, id) > ($3, -$4::smallint, $5::timestamptz, $6::uuid)
         )
       order by (fetch_count >= 10), priority desc, accepted_at, id
       limit $7
     ) page
     order by is_stuck, priority desc, accepted_at, id
     limit $7`,
    [
      asked.organisations,
      asked.kind,
      after?.isStuck ?? null,
      after?.priority ?? null,
      after?.acceptedAt.toString() ?? null,
      after?.id ?? null,
      asked.limitRows,
    ],
  );
}

/** What is set aside, could not be stored, or was given back: oldest first, in the order of the index. */
export async function listHeldRows(
  tx: Transaction,
  asked: {
    organisations: readonly OrganisationId[];
    kind: MessageKind;
    state: HeldState;
    after: { acceptedAt: Temporal.Instant; id: string } | null;
    limitRows: number;
  },
): Promise<DeliveryRow[]> {
  return tx.query(
    `select page.*
     from unnest($1::uuid[]) as asked (organisation_id)
     cross join lateral (
       select ${deliveryColumns}
       from exchange.delivery
       where organisation_id = asked.organisation_id
         and kind = $2
         and state in ('parked', 'failed', 'returned')
         and state = $3
         and ($4::timestamptz is null or (accepted_at, id) > ($4, $5::uuid))
       order by accepted_at, id
       limit $6
     ) page
     order by accepted_at, id
     limit $6`,
    [
      asked.organisations,
      asked.kind,
      asked.state,
      asked.after?.acceptedAt.toString() ?? null,
      asked.after?.id ?? null,
      asked.limitRows,
    ],
  );
}

export async function findDeliveryRow(
  tx: Transaction,
  { organisations, id }: { organisations: readonly OrganisationId[]; id: string },
): Promise<DeliveryRow | undefined> {
  const [row] = await tx.query<DeliveryRow>(
    `select ${deliveryColumns}
     from exchange.delivery
     where organisation_id = any ($1::uuid[])
       and id = $2`,
    [organisations, id],
  );
  return row;
}
