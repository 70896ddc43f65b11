/** What the directory asks before an organisation ends: whether that would strand mail. */
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';

export async function hasWaitingMail(tx: Transaction, organisationId: OrganisationId): Promise<boolean> {
  const [row] = await tx.query<{ answer: boolean }>('select exchange.has_waiting_mail($1) as answer', [
    organisationId,
  ]);
  return row!.answer;
}
