/**
 * Gives a copy that nobody collected in time back to its sender: the sender's row says "returned", and a status 02 from the
 * axis lies in its mailbox. It does not stop a later collection: the copy stays in its list.
 */
import { axisOrganisation } from '#directory';
import { insertBlobRows } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import { insertEntries } from '#foundation/evidence';
import type { DeliveryId, OrganisationId } from '#foundation/ids';
import { changeDelivery } from './change-delivery.ts';
import { composeReturnNotice } from './compose-notices.ts';
import type { Exchange } from './exchange.ts';
import { insertEnvelopes } from './store/acceptance-rows.ts';
import { lockDelivery } from './store/delivery-rows.ts';
import { getReturnedDocument } from './store/returned-document.ts';
import { deliverStatus, insertStatusRecipient } from './store/status-rows.ts';

/** Whether it was returned now: a copy that was fetched, taken back or returned in the meantime is left as it is. */
export async function returnDelivery(
  { platform }: Exchange,
  { organisationId, id }: { readonly organisationId: OrganisationId; readonly id: DeliveryId },
): Promise<boolean> {
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  // The axis acts for the recipient, whose copy it returns, and for itself, who tells the sender.
  const organisations = [organisationId, axis.organisationId];
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const delivery = await lockDelivery(tx, { organisations: [organisationId], id });
    if (delivery?.progress.state !== 'waiting') return false;
    await changeDelivery(platform, tx, delivery, { kind: 'exchange.returned', actor: { method: 'axis' } });
    // A status that nobody collects is not answered by another status.
    if (delivery.kind === 'status') return true;
    const document = await getReturnedDocument(tx, { organisationId, id });
    const notice = await composeReturnNotice(platform, tx.now, { axis, document });
    await insertEnvelopes(tx, [notice.envelope]);
    await insertStatusRecipient(tx, notice.envelope);
    await insertBlobRows(tx, [notice.blob]);
    await deliverStatus(tx, notice.envelope);
    await insertEntries(tx, [notice.entry]);
    return true;
  });
}
