/**
 * A refusal of an authenticated caller leaves one entry in the log and nothing else. Its number per system is bounded, so
 * that a broken client in a loop cannot fill the log; every refusal is counted by its code, recorded or not.
 */
import { axisOrganisation } from '#directory';
import { inTransaction, isOutage } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { SystemId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import type { Refusal } from '#foundation/refusal';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { digestText } from './compose-acceptance.ts';

export interface RefusedRequest {
  readonly refusal: Refusal;
  /** SHA-256 of the package, where all of it arrived. */
  readonly digest: Buffer | undefined;
}

export interface RefusalRecorder {
  record(caller: Caller, refused: RefusedRequest): Promise<void>;
  /** How often each code was answered by this process. */
  readonly counts: ReadonlyMap<string, number>;
}

const maxRecordedPerMinute = 60;
const minuteMs = 60_000;

export function createRefusalRecorder(platform: Platform): RefusalRecorder {
  const counts = new Map<string, number>();
  // Per process, with one small entry for each connected system.
  const budgets = new Map<SystemId, { since: number; used: number }>();

  const isWithinBudget = (systemId: SystemId): boolean => {
    const now = performance.now();
    const budget = budgets.get(systemId);
    if (!budget || now - budget.since > minuteMs) {
      budgets.set(systemId, { since: now, used: 1 });
      return true;
    }
    budget.used += 1;
    return budget.used <= maxRecordedPerMinute;
  };

  return {
    counts,
    async record(caller, refused) {
      const { code, kind } = refused.refusal;
      counts.set(code, (counts.get(code) ?? 0) + 1);
      // Trouble of ours is not a refusal of theirs, and neither it nor a flood may be answered by more writing.
      if (kind === 'unavailable' || kind === 'too_many' || !isWithinBudget(caller.systemId)) return;
      try {
        await write(platform, caller, refused);
      } catch (error) {
        // The caller is told why he was refused, also while his entry cannot be written.
        if (!isOutage(error)) throw error;
      }
    },
  };
}

async function write(platform: Platform, caller: Caller, { refusal, digest }: RefusedRequest): Promise<void> {
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
