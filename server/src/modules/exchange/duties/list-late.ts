/** What is late, for those whom it concerns: who holds it, since when, and by which rule. */
import { codeOfOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { listOwnLate, listRecipientsLate } from '../store/duty-rows.ts';
import type { LateDuty } from '../store/duty-rows.ts';

const maxListed = 1_000;

export interface ListedLateDuty extends LateDuty {
  /** The code of the organisation that holds the duty. */
  readonly holder: string;
  readonly sender: string;
}

/**
 * `own`: what the caller's organisations owe, as senders and as receivers. `recipients`: what the recipients of their
 * documents owe them.
 */
export async function listLate(
  exchange: Pick<Exchange, 'platform'>,
  caller: Caller,
  { of, limitRows = maxListed }: { readonly of: 'own' | 'recipients'; readonly limitRows?: number },
): Promise<ListedLateDuty[]> {
  const organisations =
    of === 'own' ? [...new Set([...caller.speaksFor, ...caller.receivesFor])] : caller.speaksFor;
  const maxRows = Math.min(limitRows, maxListed);
  return inTransaction(exchange.platform.database.app, { organisations }, async (tx) => {
    const list = of === 'own' ? listOwnLate : listRecipientsLate;
    const late = await list(tx, { organisations, maxRows });
    const ids = [...new Set(late.flatMap((duty) => [duty.organisationId, duty.senderId]))];
    const codes = new Map<OrganisationId, string>();
    for (const id of ids) codes.set(id, await codeOfOrganisation(tx, id));
    return late.map((duty) => ({
      ...duty,
      holder: codes.get(duty.organisationId)!,
      sender: codes.get(duty.senderId)!,
    }));
  });
}
