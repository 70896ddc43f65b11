/**
 * Erases the detail of an entry, as the law on personal data may demand, and records that in the same transaction. What
 * the entry proves stays proven: its payload, with the digest of the detail, is not touched.
 */
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import { prepareEntry, type Actor, type Entry } from './entry.ts';
import type { ReceiptSigner } from './receipt.ts';
import { insertEntries, type StoredEntry } from './store/entries.ts';
import { deleteDetail } from './store/erasure.ts';

export interface Erasure {
  readonly organisation: { readonly id: OrganisationId; readonly code: string };
  /** Why it has to be erased; kept as the detail of the new entry, which nobody can erase. */
  readonly legalBasis: string;
  readonly by: Actor;
}

export const erasedKind = 'evidence.erased';

export function canBeErased({ kind, detail }: StoredEntry): boolean {
  return kind !== erasedKind && detail !== null;
}

/** The entry belongs to the organisation, which the transaction acts for, and has a detail. */
export async function eraseDetail(
  tx: Transaction,
  signer: ReceiptSigner,
  { entry, organisation, legalBasis, by }: Erasure & { readonly entry: StoredEntry },
): Promise<Entry> {
  const erased = prepareEntry(
    {
      kind: erasedKind,
      organisation,
      // In the history of what the detail was about.
      subjectId: entry.subjectId,
      actor: by,
      claims: { entry: entry.id, ...(entry.index !== null && { index: entry.index }) },
      detail: { legalBasis },
    },
    { at: tx.now, signer },
  );
  await insertEntries(tx, [erased]);
  await deleteDetail(tx, { organisationId: organisation.id, entryId: entry.id });
  return erased;
}
