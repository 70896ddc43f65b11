/**
 * Writes what happens to a copy: its entry, its own row and the sender's row about it, together, so that no verb can
 * forget one of the three. The row becomes what its history comes to (delivery-history.ts).
 */
import { codeOfOrganisation } from '#directory';
import type { Transaction } from '#foundation/db';
import { insertEntries, prepareEntry } from '#foundation/evidence';
import type { Actor, Entry } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { digestText } from './compose-acceptance.ts';
import { afterFact } from './delivery-history.ts';
import { tellSender, updateDelivery } from './store/delivery-rows.ts';
import type { LockedDelivery } from './store/delivery-rows.ts';

export interface DeliveryChange {
  readonly kind:
    | 'exchange.fetched'
    | 'exchange.done'
    | 'exchange.failed'
    | 'exchange.resumed'
    | 'exchange.parked'
    | 'exchange.returned'
    | 'exchange.redelivered';
  readonly actor: Actor;
  /** How often the copy was handed out, from here on. */
  readonly fetchCount?: number;
}

/** The delivery must be locked by this transaction, which acts for its organisation. */
export async function changeDelivery(
  platform: Platform,
  tx: Transaction,
  delivery: LockedDelivery,
  { kind, actor, fetchCount = delivery.fetchCount }: DeliveryChange,
): Promise<Entry> {
  const { organisationId, id } = delivery;
  const entry = prepareEntry(
    {
      kind,
      organisation: { id: organisationId, code: await codeOfOrganisation(tx, organisationId) },
      subjectId: id,
      actor,
      claims: { package: digestText(delivery.package.digest) },
    },
    { at: tx.now, signer: platform.receipts },
  );
  const progress = afterFact(delivery.progress, { kind, at: tx.now });
  await Promise.all([
    updateDelivery(tx, delivery, { progress, fetchCount }),
    tellSender(tx, delivery),
    insertEntries(tx, [entry]),
  ]);
  return entry;
}
