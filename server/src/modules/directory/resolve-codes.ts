import type { ResolvedOrganisation } from './organisation.ts';
import { resolveCodes as select } from './store/organisations.ts';
import { assert } from '#foundation/refusal';
import type { Transaction } from '#foundation/db';

const codesLimit = 30_000; // a gathered batch of acceptances, each with at most 10,000 recipients

/**
 * Whose codes these are, in either form, exact after trimming, present or former. One query, as any database role.
 * Unknown codes are absent from the answer, whose keys are the codes as they were asked.
 */
export async function resolveCodes(
  tx: Transaction,
  codes: readonly string[],
): Promise<Map<string, ResolvedOrganisation>> {
  assert(codes.length <= codesLimit, `at most ${codesLimit} codes are resolved at once`);
  return select(tx, codes);
}
