/**
 * Calls webhooks as they have something to say or are due again. Any number of processes may do it: a lease gives each
 * webhook to one at a time. Those that fail have places of their own, so a hundred dead servers cost the others nothing.
 */
import { reachOfSystems } from '#directory';
import { inTransaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { Log } from '#foundation/log';
import type { Exchange } from '../exchange.ts';
import { leaseWebhooks, listActiveWebhooks } from '../store/webhook-rows.ts';
import type { LeasedWebhook } from '../store/webhook-rows.ts';
import { callWebhook } from './call-webhook.ts';
import type { CallOutcome, WebhookId } from './webhook.ts';

/** A call waits for somebody else most of its time, and holds two hundred KB at most. */
const maxHealthyCalls = 128;
const maxFailingCalls = 32;
/** More than a call may take with all that belongs to it. */
const leaseSeconds = 30;
const pollMillis = 500;
const troubleMillis = 5_000;
/** How long news of an organisation that was assigned just now may wait. */
const reachMillis = 2_000;

export interface WebhookDispatcher {
  stop(): Promise<void>;
  /** Calls since the start of this process, by what became of them. */
  readonly counts: ReadonlyMap<CallOutcome['kind'], number>;
}

export function startWebhookDispatcher(
  exchange: Exchange,
  { log }: { readonly log: Pick<Log, 'warn'> },
): WebhookDispatcher {
  const stopping = new AbortController();
  const { signal } = stopping;
  const counts = new Map<CallOutcome['kind'], number>();
  const underWay = { healthy: new Set<Promise<void>>(), failing: new Set<Promise<void>>() };
  const news = createNews(exchange);
  const bell = createBell();

  const call = async (webhook: LeasedWebhook): Promise<void> => {
    try {
      const { kind } = await callWebhook(exchange, webhook, signal);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    } catch (error) {
      // Its lease ends by itself, and it is tried again. The address may hold a secret of its owner.
      if (!signal.aborted) log.warn({ err: error, webhook: webhook.id }, 'a webhook could not be called');
    }
  };
  const begin = (calls: Set<Promise<void>>, webhook: LeasedWebhook): void => {
    const called = call(webhook).finally(() => {
      calls.delete(called);
      bell.ring();
    });
    calls.add(called);
  };
  const lease = async (failing: boolean): Promise<void> => {
    const calls = failing ? underWay.failing : underWay.healthy;
    const free = (failing ? maxFailingCalls : maxHealthyCalls) - calls.size;
    if (free <= 0) return;
    const withNews = failing ? [] : news.waiting();
    const leased = await inTransaction(exchange.platform.database.app, {}, (tx) =>
      leaseWebhooks(tx, { failing, withNews, leaseSeconds, limitRows: free }),
    );
    for (const webhook of leased) {
      news.heard(webhook.id);
      begin(calls, webhook);
    }
  };

  const running = (async () => {
    using _listening = exchange.feed.listen((organisations) => {
      if (news.come(organisations)) bell.ring();
    });
    let reachDueAt = 0;
    while (!signal.aborted) {
      try {
        if (performance.now() >= reachDueAt) {
          await news.learnReach();
          reachDueAt = performance.now() + reachMillis;
        }
        await lease(false);
        await lease(true);
        await bell.wait({ withinMillis: pollMillis, signal });
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'webhooks are not called, and this is tried again');
        await bell.wait({ withinMillis: troubleMillis, signal });
      }
    }
  })();
  return {
    counts,
    async stop() {
      stopping.abort();
      await running;
      await Promise.all([...underWay.healthy, ...underWay.failing]);
    },
  };
}

/** Which webhooks have something to say, as the feed tells by organisation. */
function createNews({ platform }: Exchange) {
  let webhooksOf = new Map<OrganisationId, WebhookId[]>();
  let all: readonly WebhookId[] = [];
  const waiting = new Set<WebhookId>();
  return {
    async learnReach(): Promise<void> {
      const { webhooks, reach } = await inTransaction(platform.database.app, {}, async (tx) => {
        const webhooks = await listActiveWebhooks(tx);
        const systemIds = [...new Set(webhooks.map(({ systemId }) => systemId))];
        return { webhooks, reach: await reachOfSystems(tx, systemIds) };
      });
      const learnt = new Map<OrganisationId, WebhookId[]>();
      for (const { systemId, id } of webhooks) {
        for (const organisation of reach.get(systemId) ?? []) {
          learnt.set(organisation, [...(learnt.get(organisation) ?? []), id]);
          // What came before anybody knew whom to call for it.
          if (!webhooksOf.get(organisation)?.includes(id)) waiting.add(id);
        }
      }
      webhooksOf = learnt;
      all = webhooks.map(({ id }) => id);
      const known = new Set(all);
      for (const id of waiting) if (!known.has(id)) waiting.delete(id);
    },
    /** Whether anybody is to be called for it; of organisations that are too many to name, everybody. */
    come(organisations: readonly OrganisationId[] | undefined): boolean {
      const told = organisations ? organisations.flatMap((each) => webhooksOf.get(each) ?? []) : all;
      for (const id of told) waiting.add(id);
      return told.length > 0;
    },
    /** Kept until somebody here holds the lease: news that come during a call are for the next one. */
    waiting: (): readonly WebhookId[] => [...waiting],
    heard: (id: WebhookId): void => void waiting.delete(id),
  };
}

function createBell() {
  let rung = Promise.withResolvers<void>();
  return {
    ring: (): void => rung.resolve(),
    async wait({ withinMillis, signal }: { readonly withinMillis: number; readonly signal: AbortSignal }) {
      if (signal.aborted) return;
      const end = (): void => rung.resolve();
      const timer = setTimeout(end, withinMillis);
      signal.addEventListener('abort', end, { once: true });
      await rung.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      rung = Promise.withResolvers();
    },
  };
}
