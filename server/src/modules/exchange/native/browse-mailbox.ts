/** The mailbox page by page, and one delivery in it whatever its state. Looking is not fetching: nothing is recorded. */
import { inTransaction } from '#foundation/db';
import { isId } from '#foundation/ids';
import type { Caller } from '../caller.ts';
import type { MessageKind } from '../envelope.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../refusals.ts';
import { findDeliveryRow, listMailboxRows } from '../store/envelope-pages.ts';
import type { DeliveryRow, MailboxPlace } from '../store/envelope-pages.ts';

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
