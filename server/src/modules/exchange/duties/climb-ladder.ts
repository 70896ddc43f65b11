/**
 * Climbs the ladder for copies that nobody collected: tells the operator by the log of the server, the sender by an entry
 * in the history of his document, and in the end hands the copy back.
 */
import { codeOfOrganisation, readWorkingCalendar } from '#directory';
import { inTransaction, isOutage } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import type { Exchange } from '../exchange.ts';
import { returnDelivery } from '../return-delivery.ts';
import { readLadders } from '../store/ladder-rows.ts';
import { setReminded } from '../store/sent-rows.ts';
import { deleteUndelivered, findRungsDue, lockUndelivered, setNextRung } from '../store/undelivered-rows.ts';
import type { Undelivered, UndeliveredKey } from '../store/undelivered-rows.ts';
import type { Yardsticks } from '../statistics/consequences.ts';
import { ladderFor, rungsFor } from './ladder.ts';
import type { LadderAct } from './ladder.ts';

const maxCopies = 200;

export interface ClimbedLadder {
  readonly copies: number;
  readonly remindedOperator: number;
  readonly remindedSender: number;
  readonly returned: number;
  /** Of copies that stay where they are: one that fails keeps no other waiting, and is tried again with the next step. */
  readonly failures: readonly unknown[];
}

/** One step. Call it again while it moves copies. The time is the database's; a test gives another. */
export async function climbLadder(
  exchange: Exchange,
  { now }: { readonly now?: Temporal.Instant } = {},
): Promise<ClimbedLadder> {
  const { app } = exchange.platform.database;
  const { due, ...yardsticks } = await inTransaction(app, {}, async (tx) => {
    const at = now ?? tx.now;
    const due = await findRungsDue(tx, { at, maxRows: maxCopies });
    return { at, due, calendar: await readWorkingCalendar(tx), ladders: await readLadders(tx) };
  });
  const climbed = { copies: 0, remindedOperator: 0, remindedSender: 0, returned: 0 };
  const failures: unknown[] = [];
  for (const key of due) {
    try {
      const act = await climb(exchange.platform, key, yardsticks);
      if (act === 'return' && (await giveBack(exchange, key))) climbed.returned += 1;
      if (act === 'remind_operator') climbed.remindedOperator += 1;
      if (act === 'remind_sender') climbed.remindedSender += 1;
      if (act !== undefined) climbed.copies += 1;
    } catch (error) {
      if (isOutage(error)) throw error;
      failures.push(error);
    }
  }
  return { ...climbed, failures };
}

/** One that was fetched by now and never confirmed stays with its recipient; the ladder ends for it as well. */
async function giveBack(exchange: Exchange, key: UndeliveredKey): Promise<boolean> {
  const { organisationId, deliveryId: id } = key;
  const isReturned = await returnDelivery(exchange, { organisationId, id });
  await inTransaction(exchange.platform.database.app, { organisations: [organisationId] }, (tx) =>
    deleteUndelivered(tx, [key]),
  );
  return isReturned;
}

/** Does what the rung says, where the copy is still under way; undefined where somebody else did or nothing is left to do. */
async function climb(
  platform: Pick<Platform, 'database' | 'receipts'>,
  key: UndeliveredKey,
  { at, calendar, ladders }: Yardsticks & { readonly at: Temporal.Instant },
): Promise<LadderAct | 'wait' | undefined> {
  const organisations = [key.organisationId, key.senderId];
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const copy = await lockUndelivered(tx, key, at);
    if (!copy) return undefined;
    if (!isUnderWay(copy)) {
      // The log says so too, but this pass is not to wait for it.
      await deleteUndelivered(tx, [copy]);
      return undefined;
    }
    const rungs = rungsFor(ladderFor(ladders, copy.priority), copy.since, calendar);
    const place = Math.min(copy.rung, rungs.length - 1);
    const rung = rungs[place]!;
    if (Temporal.Instant.compare(rung.at, at) > 0) {
      // Its time was computed by a calendar or a ladder that others have followed since.
      await setNextRung(tx, copy, { rung: place, dueAt: rung.at });
      return 'wait';
    }
    const next = rungs[place + 1];
    // The last rung stays due until the copy is returned: a crash in between only repeats it.
    if (next) await setNextRung(tx, copy, { rung: place + 1, dueAt: next.at });
    if (rung.act === 'remind_sender') await remindSender(platform, tx, { ...copy, rung: place });
    return rung.act;
  });
}

function isUnderWay({ state }: Undelivered): boolean {
  return state === 'waiting' || state === 'sending' || state === 'fetched' || state === 'parked';
}

/** In the history of his document, which he reads and which his feed tells of. */
async function remindSender(
  platform: Pick<Platform, 'receipts'>,
  tx: Transaction,
  { senderId, envelopeId, organisationId, deliveryId, rung }: Undelivered,
): Promise<void> {
  await setReminded(tx, { organisationId: senderId, envelopeId, deliveryId });
  await record(tx, platform.receipts, {
    kind: 'exchange.delivery_overdue',
    organisation: { id: senderId, code: await codeOfOrganisation(tx, senderId) },
    subjectId: envelopeId,
    actor: { method: 'axis' },
    claims: {
      recipient: await codeOfOrganisation(tx, organisationId),
      delivery: deliveryId,
      rung: rung + 1,
    },
  });
}
