/** The mailbox: what waits for the organisations that a system receives for. */
import type { Transaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryState } from '../delivery.ts';
import type { MessageHeader, MessageKind } from '../envelope.ts';

export interface MailboxQuery {
  readonly organisations: readonly OrganisationId[];
  readonly kind: MessageKind;
  readonly acceptedFrom: Temporal.Instant | null;
  readonly acceptedBefore: Temporal.Instant | null;
  readonly skipRows: number;
  readonly limitRows: number;
}

export interface WaitingRow {
  readonly id: DeliveryId;
  readonly envelope_id: EnvelopeId;
  readonly kind: MessageKind;
  readonly from_code: string;
  readonly to_code: string;
  readonly document_id: string;
  readonly header: MessageHeader;
  readonly priority: number;
  readonly state: DeliveryState;
  readonly accepted_at: Temporal.Instant;
  readonly state_at: Temporal.Instant;
  readonly package_size_bytes: number;
  readonly package_digest: Buffer;
}

/** Of a `delivery`: an update or a replacement does not overtake a copy of its document that is set aside. */
export const isInTurn = `not (
           business_type in (2, 3)
           and exists (
             select from exchange.delivery ahead
             where ahead.organisation_id = delivery.organisation_id
               and ahead.sender_id = delivery.sender_id
               and ahead.accepted_at < delivery.accepted_at
               and ahead.state = 'parked'
               and coalesce(ahead.about_document_id, ahead.document_id) = delivery.about_document_id
           )
         )`;

/**
 * In the order of the index of each mailbox, merged: stuck mail last, then urgency, then acceptance. Each mailbox gives at
 * most what the page needs, so a full mailbox costs no more than a page.
 */
export async function listWaitingRows(tx: Transaction, asked: MailboxQuery): Promise<WaitingRow[]> {
  return tx.prepared(
    'list-waiting',
    `select delivery.*
     from unnest($1::uuid[]) as asked (organisation_id)
     cross join lateral (
       select id, envelope_id, kind, from_code, to_code, document_id, header, priority, state, accepted_at, state_at,
         package_size_bytes, package_digest, fetch_count >= 10 as is_stuck
       from exchange.delivery
       where organisation_id = asked.organisation_id
         and kind = $2
         and state in ('waiting', 'sending', 'fetched', 'returned')
         and ${isInTurn}
         and ($3::timestamptz is null or accepted_at >= $3)
         and ($4::timestamptz is null or accepted_at < $4)
       order by (fetch_count >= 10), priority desc, accepted_at, id
       limit $5::bigint + $6::bigint
     ) delivery
     order by is_stuck, priority desc, accepted_at, id
     offset $5::bigint
     limit $6::bigint`,
    [
      asked.organisations,
      asked.kind,
      asked.acceptedFrom?.toString() ?? null,
      asked.acceptedBefore?.toString() ?? null,
      asked.skipRows,
      asked.limitRows,
    ],
  );
}

/** Counting stops at the bound: beyond it the exact number serves nobody and costs a scan. */
export async function countWaitingRows(
  tx: Transaction,
  asked: { organisations: readonly OrganisationId[]; kind: MessageKind; boundRows: number },
): Promise<number> {
  const [row] = await tx.prepared<{ count: number }>(
    'count-waiting',
    `select count(*) as count
     from (
       select
       from exchange.delivery
       where organisation_id = any ($1::uuid[])
         and kind = $2
         and state in ('waiting', 'sending', 'fetched', 'returned')
       limit $3
     ) waiting`,
    [asked.organisations, asked.kind, asked.boundRows],
  );
  return row!.count;
}
