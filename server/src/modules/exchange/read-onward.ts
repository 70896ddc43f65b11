/**
 * How far a sending got where its recipients passed it on: counts and statuses, never who. "Đã tới 3.102/3.321 xã" is the
 * sum of these counts, those of `fetched` and `done` against all.
 */
import { inTransaction } from '#foundation/db';
import type { Caller } from './caller.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import { countOnward } from './store/onward-rows.ts';
import type { OnwardCount } from './store/onward-rows.ts';
import { listSentRowsOf } from './store/sent-rows.ts';
import { isId } from '#foundation/ids';

export interface OnwardProgress {
  readonly recipients: number;
  /** Of these, who has the document: fetched it or confirmed it. */
  readonly reached: number;
  readonly counts: readonly OnwardCount[];
}

/** Only its sender may ask; nothing was passed on where all is zero. */
export async function readOnward(
  exchange: Exchange,
  caller: Caller,
  envelopeId: string,
): Promise<OnwardProgress> {
  if (!isId(envelopeId)) throw refuse('envelope_unknown', { id: envelopeId.slice(0, 64) });
  const organisations = caller.speaksFor;
  return inTransaction(exchange.platform.database.app, { organisations }, async (tx) => {
    const [row] = await listSentRowsOf(tx, { organisations, envelopeId, limitRows: 1 });
    if (!row) throw refuse('envelope_unknown', { id: envelopeId });
    const counts = await countOnward(tx, {
      organisationId: row.organisation_id,
      envelopeId: row.envelope_id,
    });
    const sum = (of: readonly OnwardCount[]): number =>
      of.reduce((total, { recipients }) => total + recipients, 0);
    const reached = counts.filter(({ state }) => state === 'fetched' || state === 'done');
    return { recipients: sum(counts), reached: sum(reached), counts };
  });
}
