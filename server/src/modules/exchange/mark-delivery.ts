/** The receiver says what became of a copy that it fetched. Repeats change nothing and get the same receipt. */
import { codeOfOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { insertEntries, prepareEntry, readEntries, receiptOf } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { digestText } from './compose-acceptance.ts';
import { afterMark } from './delivery.ts';
import type { DeliveryState, Mark } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import { lockDelivery, setMarked, tellSender } from './store/delivery-rows.ts';

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
    const { organisationId } = delivery;
    const state = afterMark(id, delivery.state, mark);
    if (state === delivery.state) {
      const entries = await readEntries(tx, { organisationId, subjectId: delivery.id });
      const latest = entries.findLast(({ kind }) => transportKinds.has(kind));
      return { state, receipt: latest && receiptOf(latest) };
    }
    const entry = prepareEntry(
      {
        kind: kindOfState[state as keyof typeof kindOfState],
        organisation: { id: organisationId, code: await codeOfOrganisation(tx, organisationId) },
        subjectId: delivery.id,
        actor: actorOf(caller),
        claims: { package: digestText(delivery.package.digest) },
      },
      { at: tx.now, signer: platform.receipts },
    );
    await Promise.all([setMarked(tx, delivery, state), tellSender(tx, delivery), insertEntries(tx, [entry])]);
    return { state, receipt: receiptOf(entry) };
  });
}

/** "processing" after "fail" is another try, which begins where a fetch does. */
const kindOfState = {
  done: 'exchange.done',
  failed: 'exchange.failed',
  fetched: 'exchange.resumed',
} as const;

const transportKinds: ReadonlySet<string> = new Set(['exchange.fetched', ...Object.values(kindOfState)]);
