import { searchOrganisations as select, type FoundOrganisation } from './store/organisation-search.ts';
import type { Transaction } from '#foundation/db';

export const searchLimit = 100;
const queryLimit = 200;

/**
 * Finds organisations by code or name, accents and case aside: first the exact code, then codes that begin so, then
 * names that begin so, then names that have all the words (each may be cut short). Ended ones come after active
 * ones of the same rank. At most 100; nothing for an empty query.
 */
export async function searchOrganisations(
  tx: Transaction,
  request: { readonly query: string; readonly limit: number },
): Promise<FoundOrganisation[]> {
  const query = request.query.normalize('NFC').trim().slice(0, queryLimit);
  if (query === '') return [];
  return select(tx, { query, limit: Math.min(request.limit, searchLimit) });
}

export type { FoundOrganisation };
