/**
 * A refusal of an authenticated caller leaves one entry in the log and nothing else. Its number per system is bounded, so
 * that a broken client in a loop cannot fill the log; what is over the bound is only counted.
 */
import { axisOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { SystemId } from '#foundation/ids';
import type { Refusal } from '#foundation/refusal';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { digestText } from './compose-acceptance.ts';
import type { Exchange } from './exchange.ts';

export interface RefusedRequest {
  readonly refusal: Refusal;
  /** SHA-256 of the package, where all of it arrived. */
  readonly digest: Buffer | undefined;
}

const maxRefusalsPerMinute = 60;
const minuteMs = 60_000;

export async function recordRefusal(
  exchange: Exchange,
  caller: Caller,
  { refusal, digest }: RefusedRequest,
): Promise<void> {
  // Trouble of ours is not a refusal of theirs, and must not be answered by more writing.
  if (refusal.kind === 'unavailable' || !takeFromBudget(caller.systemId)) return;
  const { platform } = exchange;
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  await inTransaction(platform.database.app, { organisations: [axis.organisationId] }, (tx) =>
    record(tx, platform.receipts, {
      kind: 'exchange.refused',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: caller.systemId,
      actor: actorOf(caller),
      claims: { code: refusal.code },
      ...(digest ? { requestDigest: digestText(digest) } : {}),
    }),
  );
}

const budgets = new Map<SystemId, { since: number; used: number }>();

/** Per process; the map has at most one small entry a connected system. */
function takeFromBudget(systemId: SystemId): boolean {
  const now = performance.now();
  const budget = budgets.get(systemId);
  if (!budget || now - budget.since > minuteMs) {
    budgets.set(systemId, { since: now, used: 1 });
    return true;
  }
  budget.used += 1;
  return budget.used <= maxRefusalsPerMinute;
}
