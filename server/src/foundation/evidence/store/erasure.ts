import type { Transaction } from '#foundation/db';
import type { EntryId, OrganisationId } from '#foundation/ids';

/** Refused by the database unless an entry of this or an earlier transaction says that it is erased. */
export async function deleteDetail(
  tx: Transaction,
  { organisationId, entryId }: { readonly organisationId: OrganisationId; readonly entryId: EntryId },
): Promise<void> {
  await tx.query('select evidence.erase_detail($1, $2)', [organisationId, entryId]);
}
