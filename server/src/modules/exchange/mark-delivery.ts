/** The receiver says what became of a copy that it fetched. Repeats change nothing and get the same receipt. */
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { readEntries, receiptOf } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { changeDelivery } from './change-delivery.ts';
import { afterMark } from './delivery.ts';
import type { DeliveryState, Mark } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import { lockDelivery } from './store/delivery-rows.ts';
import type { LockedDelivery } from './store/delivery-rows.ts';

export interface MarkedDelivery {
  readonly state: DeliveryState;
  /** Of the fact that brought the copy to this state; undefined while nothing happened to it yet. */
  readonly receipt: string | undefined;
}

export async function markDelivery(
  exchange: Exchange,
  caller: Caller,
  { id, mark }: { readonly id: string; readonly mark: Mark },
): Promise<MarkedDelivery> {
  if (!isId(id)) throw refuse('delivery_unknown', { id: id.slice(0, 64) });
  const { platform } = exchange;
  const organisations = caller.receivesFor;
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const delivery = await lockDelivery(tx, { organisations, id });
    if (!delivery) throw refuse('delivery_unknown', { id });
    if (delivery.isTakenBack) throw refuse('delivery_recalled', { id });
    const { state: before } = delivery.progress;
    const state = afterMark(id, before, mark);
    if (state === before) return { state, receipt: await receiptOfState(tx, delivery) };
    const kind = kindOfState[state as keyof typeof kindOfState];
    const entry = await changeDelivery(platform, tx, delivery, { kind, actor: actorOf(caller) });
    return { state, receipt: receiptOf(entry) };
  });
}

async function receiptOfState(
  tx: Transaction,
  { organisationId, id }: LockedDelivery,
): Promise<string | undefined> {
  const entries = await readEntries(tx, { organisationId, subjectId: id });
  const latest = entries.findLast(({ kind }) => transportKinds.has(kind));
  return latest && receiptOf(latest);
}

/** "processing" after "fail" is another try, which begins where a fetch does. */
const kindOfState = {
  done: 'exchange.done',
  failed: 'exchange.failed',
  fetched: 'exchange.resumed',
} as const;

const transportKinds: ReadonlySet<string> = new Set(['exchange.fetched', ...Object.values(kindOfState)]);
