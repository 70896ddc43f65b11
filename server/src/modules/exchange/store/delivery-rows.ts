/** A delivery as its recipient acts on it, and the one way to let its sender know. */
import type { Transaction } from '#foundation/db';
import type { BlobId, DeliveryId, OrganisationId } from '#foundation/ids';
import type { ProgressStatus } from '../business-status.ts';
import type { DeliveryProgress } from '../delivery-history.ts';
import type { MessageKind, PackageReference } from '../envelope.ts';

export interface DeliveryKey {
  readonly organisationId: OrganisationId;
  readonly id: DeliveryId;
}

export interface LockedDelivery extends DeliveryKey {
  readonly kind: MessageKind;
  readonly progress: DeliveryProgress;
  readonly fetchCount: number;
  /** Its holder gave it back, or never saw it: nobody opens it any more. */
  readonly isTakenBack: boolean;
  readonly package: PackageReference;
}

/** The delivery of one of these organisations, locked until the end of the transaction. */
export async function lockDelivery(
  tx: Transaction,
  { organisations, id }: { organisations: readonly OrganisationId[]; id: string },
): Promise<LockedDelivery | undefined> {
  const [row] = await tx.prepared<
    DeliveryProgress & {
      organisation_id: OrganisationId;
      id: DeliveryId;
      kind: MessageKind;
      fetch_count: number;
      is_taken_back: boolean;
      package_id: BlobId;
      package_size_bytes: number;
      package_digest: Buffer;
      package_key: Buffer | null;
      package_junk_bytes: number;
    }
  >(
    'lock-delivery',
    `select organisation_id, id, kind, state, state_at, fetched_at, done_at, business_status, business_status_at,
       taking_back, taking_back_act, taking_back_at, taken_back_by, fetch_count,
       coalesce(taking_back = 'unseen' or taking_back = 'agreed' and taking_back_act <> 'update', false) as is_taken_back,
       package_id, package_size_bytes, package_digest, package_key, package_junk_bytes
     from exchange.delivery
     where organisation_id = any ($1::uuid[])
       and id = $2
     for update`,
    [organisations, id],
  );
  if (!row) return undefined;
  return {
    organisationId: row.organisation_id,
    id: row.id,
    kind: row.kind,
    progress: row,
    fetchCount: row.fetch_count,
    isTakenBack: row.is_taken_back,
    package: {
      id: row.package_id,
      sizeBytes: row.package_size_bytes,
      digest: row.package_digest,
      key: row.package_key,
      junkBytes: row.package_junk_bytes,
    },
  };
}

/** Counts a handing out that changes nothing else. */
export async function countFetch(tx: Transaction, delivery: DeliveryKey): Promise<void> {
  await tx.prepared(
    'count-fetch',
    `update exchange.delivery
     set fetch_count = fetch_count + 1
     where organisation_id = $1
       and id = $2`,
    [delivery.organisationId, delivery.id],
  );
}

/** Brings the row to what its history came to. */
export async function updateDelivery(
  tx: Transaction,
  delivery: DeliveryKey,
  {
    progress,
    fetchCount,
  }: {
    readonly progress: Pick<DeliveryProgress, 'state' | 'state_at' | 'fetched_at' | 'done_at'>;
    readonly fetchCount: number;
  },
): Promise<void> {
  await tx.prepared(
    'update-delivery',
    `update exchange.delivery
     set state = $3,
       state_at = $4,
       fetched_at = $5,
       done_at = $6,
       fetch_count = $7
     where organisation_id = $1
       and id = $2`,
    [
      delivery.organisationId,
      delivery.id,
      progress.state,
      progress.state_at.toString(),
      progress.fetched_at?.toString() ?? null,
      progress.done_at?.toString() ?? null,
      fetchCount,
    ],
  );
}

export interface AnsweredDelivery extends DeliveryKey {
  readonly businessStatus: ProgressStatus | null;
}

/**
 * The copy that a status is about: what this organisation received from that sender under that document id; the document
 * itself rather than a later update of it.
 */
export async function lockAnsweredDelivery(
  tx: Transaction,
  asked: { organisationId: OrganisationId; senderId: OrganisationId; documentId: string },
): Promise<AnsweredDelivery | undefined> {
  const [row] = await tx.prepared<{ id: DeliveryId; business_status: ProgressStatus | null }>(
    'lock-answered-delivery',
    `select id, business_status
     from exchange.delivery
     where organisation_id = $1
       and sender_id = $2
       and document_id = $3
       and kind = 'document'
     order by business_type = 0 desc, accepted_at desc
     limit 1
     for update`,
    [asked.organisationId, asked.senderId, asked.documentId],
  );
  if (!row) return undefined;
  return { organisationId: asked.organisationId, id: row.id, businessStatus: row.business_status };
}

export async function setBusinessStatus(
  tx: Transaction,
  delivery: DeliveryKey,
  status: ProgressStatus,
): Promise<void> {
  await tx.prepared(
    'set-business-status',
    `update exchange.delivery
     set business_status = $3,
       business_status_at = $4::timestamptz
     where organisation_id = $1
       and id = $2`,
    [delivery.organisationId, delivery.id, status, tx.now.toString()],
  );
}

/** Brings the sender's row about this delivery to the state of the delivery. */
export async function tellSender(tx: Transaction, delivery: DeliveryKey, statusText?: string): Promise<void> {
  await tx.prepared('tell-sender', 'select exchange.tell_sender($1, $2, $3)', [
    delivery.organisationId,
    delivery.id,
    statusText ?? null,
  ]);
}
