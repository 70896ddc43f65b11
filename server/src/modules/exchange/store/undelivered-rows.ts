import type { Transaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryState } from '../delivery.ts';
import type { CopyAct, NewUndelivered } from '../statistics/consequences.ts';

export async function insertUndelivered(tx: Transaction, rows: readonly NewUndelivered[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <Value>(value: (row: NewUndelivered) => Value): Value[] => rows.map(value);
  await tx.prepared(
    'insert-undelivered',
    `insert into exchange.undelivered (
       organisation_id, delivery_id, sender_id, envelope_id, priority, since, rung, due_at
     )
     select organisation_id, delivery_id, sender_id, envelope_id, priority, since, 0, due_at
     from unnest(
       $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::timestamptz[], $7::timestamptz[]
     ) as given (organisation_id, delivery_id, sender_id, envelope_id, priority, since, due_at)
     on conflict do nothing`,
    [
      column((row) => row.organisationId),
      column((row) => row.deliveryId),
      column((row) => row.senderId),
      column((row) => row.envelopeId),
      column((row) => row.priority),
      column((row) => row.since.toString()),
      column((row) => row.dueAt.toString()),
    ],
  );
}

export async function deleteUndelivered(
  tx: Transaction,
  copies: readonly Pick<CopyAct, 'organisationId' | 'deliveryId'>[],
): Promise<void> {
  if (copies.length === 0) return;
  await tx.query(
    `delete from exchange.undelivered
     using unnest($1::uuid[], $2::uuid[]) as given (organisation_id, delivery_id)
     where undelivered.organisation_id = given.organisation_id
       and undelivered.delivery_id = given.delivery_id`,
    [copies.map((copy) => copy.organisationId), copies.map((copy) => copy.deliveryId)],
  );
}

export interface UndeliveredKey {
  readonly organisationId: OrganisationId;
  readonly deliveryId: DeliveryId;
  readonly senderId: OrganisationId;
}

/** Copies of anybody for which the next rung has come. */
export async function findRungsDue(
  tx: Transaction,
  { at, maxRows }: { readonly at: Temporal.Instant; readonly maxRows: number },
): Promise<UndeliveredKey[]> {
  return tx.query(
    `select organisation_id as "organisationId", delivery_id as "deliveryId", sender_id as "senderId"
     from exchange.undelivered_due($1, $2)`,
    [at.toString(), maxRows],
  );
}

export interface Undelivered extends UndeliveredKey {
  readonly envelopeId: EnvelopeId;
  readonly priority: number;
  readonly since: Temporal.Instant;
  readonly rung: number;
  /** Of the copy itself, which may have gone on since. */
  readonly state: DeliveryState;
}

export async function lockUndelivered(
  tx: Transaction,
  key: UndeliveredKey,
  at: Temporal.Instant,
): Promise<Undelivered | undefined> {
  const [row] = await tx.query<Undelivered & Record<string, unknown>>(
    `select undelivered.organisation_id as "organisationId", delivery_id as "deliveryId",
       undelivered.sender_id as "senderId", undelivered.envelope_id as "envelopeId", undelivered.priority, since, rung,
       delivery.state
     from exchange.undelivered
     join exchange.delivery
       on delivery.organisation_id = undelivered.organisation_id
       and delivery.id = undelivered.delivery_id
     where undelivered.organisation_id = $1
       and undelivered.delivery_id = $2
       and due_at <= $3
     for update of undelivered skip locked`,
    [key.organisationId, key.deliveryId, at.toString()],
  );
  return row;
}

/** Null: there is no rung left. */
export async function setNextRung(
  tx: Transaction,
  key: UndeliveredKey,
  next: { readonly rung: number; readonly dueAt: Temporal.Instant | null },
): Promise<void> {
  await tx.query(
    `update exchange.undelivered
     set rung = $3,
       due_at = $4
     where organisation_id = $1
       and delivery_id = $2`,
    [key.organisationId, key.deliveryId, next.rung, next.dueAt?.toString() ?? null],
  );
}
