/** Where what is passed on began, and how far it got. */
import type { Transaction } from '#foundation/db';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryState } from '../delivery.ts';
import type { Origin } from '../envelope.ts';
import type { EnvelopeKey } from './sent-rows.ts';

export interface OnwardQuestion {
  readonly organisationId: OrganisationId;
  /** The copy that it received and passes on. */
  readonly deliveryId: string;
}

/** For each question, in order, the sending that began it; undefined where there is no such copy. As `lt_ingest`. */
export async function findOrigins(
  tx: Transaction,
  questions: readonly OnwardQuestion[],
): Promise<(Origin | undefined)[]> {
  const rows = await tx.prepared<{
    asked: number;
    origin_id: OrganisationId;
    origin_envelope_id: EnvelopeId;
  }>('find-origins', 'select asked, origin_id, origin_envelope_id from exchange.find_origins($1, $2)', [
    questions.map(({ organisationId }) => organisationId),
    questions.map(({ deliveryId }) => deliveryId),
  ]);
  const origins = new Map(rows.map((row) => [row.asked - 1, row]));
  return questions.map(({ deliveryId }, index) => {
    const row = origins.get(index);
    return row && { onwardOf: deliveryId, organisationId: row.origin_id, envelopeId: row.origin_envelope_id };
  });
}

export interface OnwardCount {
  readonly state: DeliveryState | 'refused';
  readonly businessStatus: string | null;
  readonly recipients: number;
}

export async function countOnward(tx: Transaction, key: EnvelopeKey): Promise<OnwardCount[]> {
  return tx.query(
    `select state, business_status as "businessStatus", recipients
     from exchange.onward_counts($1, $2)
     order by state, business_status`,
    [key.organisationId, key.envelopeId],
  );
}
