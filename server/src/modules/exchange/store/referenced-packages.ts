/** What the sweep of orphaned files asks, about the files of all organisations at once. */
import type { Transaction } from '#foundation/db';
import type { BlobId } from '#foundation/ids';

/** Which of these packages, all of them files, some envelope refers to. */
export async function findReferencedPackages(
  tx: Transaction,
  ids: readonly BlobId[],
): Promise<ReadonlySet<BlobId>> {
  const rows = await tx.query<{ id: BlobId }>('select exchange.referenced_packages($1::uuid[]) as id', [ids]);
  return new Set(rows.map(({ id }) => id));
}
