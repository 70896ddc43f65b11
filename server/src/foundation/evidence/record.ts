import type { Transaction } from '#foundation/db';
import { prepareEntry, type Entry, type Fact } from './entry.ts';
import type { ReceiptSigner } from './receipt.ts';
import { insertEntries } from './store/entries.ts';

/** Records a fact in the transaction that makes it one. Where many wait together, use `insertEntries` on all of them. */
export async function record(tx: Transaction, signer: ReceiptSigner, fact: Fact): Promise<Entry> {
  const entry = prepareEntry(fact, { at: tx.now, signer });
  await insertEntries(tx, [entry]);
  return entry;
}
