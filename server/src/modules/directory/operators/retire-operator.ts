import { change, locateAxis, read, recordChange } from '../record-change.ts';
import { refuse } from './refusals.ts';
import { endOperator, findOperator, listOperatorRows, type Operator } from '../store/operators.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/**
 * Ends an operator with all of its secrets, for good: the id is never given again, so that the log's word "by whom" stays
 * true. Another one does it: whoever remains can still let others in. Repeated, it finds it done.
 */
export async function retireOperator(platform: Platform, id: string, by: Actor): Promise<Operator> {
  const named = id.slice(0, 100);
  if (by.credential === id) throw refuse('operator_is_oneself', { operator: named });
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    if (await endOperator(tx, id)) {
      await recordChange(platform, tx, {
        kind: 'operator_retired',
        organisation: { id: axis.organisationId, code: axis.code },
        by,
        claims: { operator: id },
      });
    }
    const operator = await findOperator(tx, id);
    if (!operator) throw refuse('operator_unknown', { operator: named });
    return operator;
  });
}

/** In order of their ids, retired ones too; secrets are never among it. */
export function listOperators(
  platform: Platform,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Operator[]> {
  return read(platform, (tx) => listOperatorRows(tx, { after, limit }));
}

export type { Operator };
