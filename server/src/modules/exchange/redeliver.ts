/**
 * Puts a copy back into the list of its mailbox: one that was set aside because it was handed out too often, or that its
 * receiver could not store. By whoever receives for its organisation, or by an operator who was asked to.
 */
import { inTransaction } from '#foundation/db';
import { receiptOf } from '#foundation/evidence';
import type { Actor } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { OrganisationId } from '#foundation/ids';
import { changeDelivery } from './change-delivery.ts';
import { canRedeliver } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import { lockDelivery } from './store/delivery-rows.ts';

export interface Redelivery {
  /** For whom the actor may do it. */
  readonly organisations: readonly OrganisationId[];
  readonly actor: Actor;
  readonly id: string;
}

export async function redeliver(
  { platform }: Exchange,
  { organisations, actor, id }: Redelivery,
): Promise<{ readonly receipt: string | undefined }> {
  if (!isId(id)) throw refuse('delivery_unknown', { id: id.slice(0, 64) });
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const delivery = await lockDelivery(tx, { organisations, id });
    if (!delivery) throw refuse('delivery_unknown', { id });
    const { state } = delivery.progress;
    if (state === 'waiting' || state === 'fetched' || state === 'returned') return { receipt: undefined };
    if (delivery.isTakenBack || state === 'recalled') throw refuse('delivery_recalled', { id });
    if (!delivery.package.key) throw refuse('content_destroyed', { id });
    if (!canRedeliver(state)) throw refuse('redelivery_after_done', { id });
    const kind = 'exchange.redelivered';
    const entry = await changeDelivery(platform, tx, delivery, { kind, actor, fetchCount: 0 });
    return { receipt: receiptOf(entry) };
  });
}
