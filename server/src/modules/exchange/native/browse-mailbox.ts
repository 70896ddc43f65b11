/** The mailbox page by page, and one delivery in it whatever its state. Looking is not fetching: nothing is recorded. */
import { inTransaction } from '#foundation/db';
import { isId } from '#foundation/ids';
import type { Caller } from '../caller.ts';
import type { MessageKind } from '../envelope.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../refusals.ts';
import { findDeliveryRow, listHeldRows, listMailboxRows } from '../store/envelope-pages.ts';
import type { DeliveryRow, HeldState, MailboxPlace } from '../store/envelope-pages.ts';

export type { DeliveryRow, MailboxPlace } from '../store/envelope-pages.ts';

/** What waits: in the order in which it should be fetched. */
export async function listMailbox(
  exchange: Exchange,
  caller: Caller,
  {
    kind,
    after,
    limitRows,
  }: { readonly kind: MessageKind; readonly after: MailboxPlace | undefined; readonly limitRows: number },
): Promise<DeliveryRow[]> {
  const organisations = caller.receivesFor;
  return inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
    listMailboxRows(tx, { organisations, kind, after: after ?? null, limitRows }),
  );
}

/** What is out of the way of that list, and can be put back into it (`redeliver`) or is still collected (returned). */
export async function listHeld(
  exchange: Exchange,
  caller: Pick<Caller, 'receivesFor'>,
  asked: {
    readonly kind: MessageKind;
    readonly state: HeldState;
    readonly after: { readonly acceptedAt: Temporal.Instant; readonly id: string } | undefined;
    readonly limitRows: number;
  },
): Promise<DeliveryRow[]> {
  const organisations = caller.receivesFor;
  return inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
    listHeldRows(tx, { ...asked, organisations, after: asked.after ?? null }),
  );
}

export async function getDelivery(exchange: Exchange, caller: Caller, id: string): Promise<DeliveryRow> {
  const organisations = caller.receivesFor;
  const found = isId(id)
    ? await inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
        findDeliveryRow(tx, { organisations, id }),
      )
    : undefined;
  if (!found) throw refuse('delivery_unknown', { id: id.slice(0, 64) });
  return found;
}
