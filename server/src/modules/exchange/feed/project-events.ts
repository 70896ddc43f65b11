/**
 * Keeps the feed going: makes events from the entries as they get their places in the log, and wakes who waits for them. Any
 * number of servers may do it: the head of the feed is locked by one at a time, and each wakes its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '#foundation/db';
import type { Log } from '#foundation/log';
import type { Exchange } from '../exchange.ts';
import {
  forgetEvents,
  getFeedHead,
  listOrganisationsWithEvents,
  projectEvents,
} from '../store/event-rows.ts';

const maxEntriesAtOnce = 2_000;
/** A circular to every commune makes thousands of events. */
const maxRecipientsAtOnce = 20_000;
const pollMillis = 200;
const troubleMillis = 2_000;
/** More at once than this wakes everybody: each looks for himself. */
const maxWokenOrganisations = 5_000;

const keptDays = 30;
const forgetEveryMillis = 10 * 60_000;
const maxForgottenAtOnce = 5_000;

export interface FeedProjector {
  stop(): Promise<void>;
}

export function startFeedProjector(
  exchange: Exchange,
  { log }: { readonly log: Pick<Log, 'warn'> },
): FeedProjector {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    let wokenTo = await beginning(exchange, signal);
    let forgetDueAt = performance.now() + forgetEveryMillis;
    while (!signal.aborted) {
      try {
        const made = await makeEvents(exchange);
        wokenTo = await wakeSince(exchange, wokenTo);
        if (performance.now() >= forgetDueAt) {
          await forgetOld(exchange, signal);
          forgetDueAt = performance.now() + forgetEveryMillis;
        }
        if (!made) await pause(pollMillis, signal);
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'the change feed stands still and is tried again');
        await pause(troubleMillis, signal);
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      exchange.feed.wakeAll();
      await running;
    },
  };
}

/** Whether there may be more to make at once. */
export async function makeEvents(
  { platform }: Pick<Exchange, 'platform'>,
  { maxRecipients = maxRecipientsAtOnce }: { readonly maxRecipients?: number } = {},
): Promise<boolean> {
  const { app } = platform.database;
  const before = await inTransaction(app, {}, getFeedHead);
  const reached = await inTransaction(app, {}, (tx) =>
    projectEvents(tx, { maxEntries: maxEntriesAtOnce, maxRecipients }),
  );
  return reached !== undefined && reached > before.position && reached < before.logSize;
}

/** Whichever server made the events, this one wakes those who wait here. */
async function wakeSince({ platform, feed }: Exchange, since: number): Promise<number> {
  return inTransaction(platform.database.app, {}, async (tx) => {
    const { position } = await getFeedHead(tx);
    if (position > since && feed.waiting > 0) {
      const woken = await listOrganisationsWithEvents(tx, { since, limitRows: maxWokenOrganisations });
      if (woken.length < maxWokenOrganisations) feed.wake(woken);
      else feed.wakeAll();
    }
    return position;
  });
}

async function beginning({ platform }: Exchange, signal: AbortSignal): Promise<number> {
  while (!signal.aborted) {
    try {
      return (await inTransaction(platform.database.app, {}, getFeedHead)).position;
    } catch {
      await pause(troubleMillis, signal);
    }
  }
  return 0;
}

async function forgetOld({ platform }: Exchange, signal: AbortSignal): Promise<void> {
  for (let forgotten = maxForgottenAtOnce; forgotten >= maxForgottenAtOnce && !signal.aborted;) {
    forgotten = await inTransaction(platform.database.app, {}, (tx) =>
      forgetEvents(tx, { before: tx.now.subtract({ hours: keptDays * 24 }), limitRows: maxForgottenAtOnce }),
    );
  }
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself.
  await sleep(millis, undefined, { signal }).catch(() => undefined);
}
