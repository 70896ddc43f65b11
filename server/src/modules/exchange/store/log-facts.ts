/** The evidence log as duties and statistics follow it: leaf by leaf, from where they stopped. */
import type { Transaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { LogFact } from '../statistics/consequences.ts';

export interface LogPosition {
  readonly nextIndex: number;
  readonly calendarVersion: number;
}

export async function readLogPosition(tx: Transaction): Promise<LogPosition> {
  const [row] = await tx.query<LogPosition & Record<string, number>>(
    `select next_index as "nextIndex", calendar_version as "calendarVersion"
     from exchange.log_position`,
  );
  return row!;
}

/** Whoever writes duties or figures holds this lock until he commits; undefined while somebody else does. */
export async function lockLogPosition(tx: Transaction): Promise<LogPosition | undefined> {
  const [row] = await tx.query<LogPosition & Record<string, number>>(
    `select next_index as "nextIndex", calendar_version as "calendarVersion"
     from exchange.log_position
     for update skip locked`,
  );
  return row;
}

/** The same for a piece of work that cannot be left to whoever is at it. */
export async function waitForLogPosition(tx: Transaction): Promise<void> {
  await tx.query('select from exchange.log_position for update');
}

export async function setNextIndex(tx: Transaction, nextIndex: number): Promise<void> {
  await tx.query('update exchange.log_position set next_index = $1', [nextIndex]);
}

export async function setComputedCalendar(tx: Transaction, version: number): Promise<void> {
  await tx.query('update exchange.log_position set calendar_version = $1', [version]);
}

interface FactRow {
  readonly [column: string]: unknown;
  readonly index: number;
  readonly kind: string | null;
  readonly at: Temporal.Instant;
  readonly status: string | null;
  readonly act: string | null;
  readonly sender_id: OrganisationId | null;
  readonly envelope_id: EnvelopeId;
  readonly recipient_id: OrganisationId | null;
  readonly delivery_id: DeliveryId | null;
  readonly business_type: number;
  readonly supplement: number;
  readonly priority: number;
  readonly accepted_at: Temporal.Instant;
  readonly type_name: string | null;
  readonly paper: boolean | null;
  readonly promulgated_on: string | null;
  readonly recipient_ids: OrganisationId[] | null;
  readonly delivery_ids: DeliveryId[] | null;
  readonly refused_count: number;
}

/** The facts about documents among the next leaves, until they have so many recipients, and where the leaves after begin. */
export async function readLogFacts(
  tx: Transaction,
  asked: { readonly first: number; readonly maxRows: number; readonly maxRecipients: number },
): Promise<{ readonly facts: LogFact[]; readonly nextIndex: number }> {
  const rows = await tx.query<FactRow>(
    `select index, kind, at, status, act, sender_id, envelope_id, recipient_id, delivery_id, business_type, supplement,
       priority, accepted_at, type_name, paper, promulgated_on, recipient_ids::text[], delivery_ids::text[], refused_count
     from exchange.log_facts($1, $2, $3)`,
    [asked.first, asked.maxRows, asked.maxRecipients],
  );
  return { facts: rows.flatMap(factOf), nextIndex: (rows.at(-1)?.index ?? asked.first - 1) + 1 };
}

function factOf(row: FactRow): LogFact[] {
  // Entries of other modules, and those about status messages, are leaves too.
  if (row.kind === null || row.sender_id === null) return [];
  const copy =
    row.recipient_id && row.delivery_id
      ? { recipientId: row.recipient_id, deliveryId: row.delivery_id }
      : null;
  return [
    {
      kind: row.kind,
      at: row.at,
      status: row.status,
      act: row.act,
      senderId: row.sender_id,
      envelopeId: row.envelope_id,
      copy,
      businessType: row.business_type,
      supplement: row.supplement,
      priority: row.priority,
      acceptedAt: row.accepted_at,
      typeName: row.type_name,
      hasPaper: row.paper,
      promulgatedOn: row.promulgated_on,
      reached: (row.recipient_ids ?? []).map((recipientId, index) => ({
        recipientId,
        deliveryId: row.delivery_ids![index]!,
      })),
      refusedCount: row.refused_count,
    },
  ];
}
