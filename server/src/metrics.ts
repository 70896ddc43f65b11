/** What the server counts for its operator: sizes of queues and the state of the log. No label names an agency. */
import { collectDefaultMetrics, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Exchange, WebhookDispatcher } from '#exchange';
import type { Database } from '#foundation/db';
import { logStatus } from '#foundation/evidence';
import { observeQueues } from './metrics-of-queues.ts';

export interface ObservedServer {
  readonly metrics: Registry;
  readonly database: Database;
  readonly exchange: Exchange;
}

export function observeServer({ metrics, database, exchange }: ObservedServer): void {
  collectDefaultMetrics({ register: metrics });
  const gauge = (name: string, help: string, read: () => number): void => {
    const created: Gauge = new Gauge({
      name,
      help,
      registers: [metrics],
      collect: () => created.set(read()),
    });
  };
  gauge('lienthong_uploads_under_way', 'Packages being received.', () => exchange.gate.underWay);
  gauge(
    'lienthong_acceptances_waiting',
    'Messages that wait for the next gathered commit.',
    () => exchange.acceptance.waiting,
  );
  gauge('lienthong_database_connections', 'Open connections for use cases.', () => database.app.totalCount);
  gauge(
    'lienthong_database_waiting',
    'Use cases that wait for a connection.',
    () => database.app.waitingCount,
  );
  observeLog(metrics, database);
  observeQueues(metrics, database);
  observeRefusals(metrics, exchange);
}

/** Once what calls the webhooks runs in this process. */
export function observeWebhooks(metrics: Registry, { counts }: Pick<WebhookDispatcher, 'counts'>): void {
  const calls: Gauge = new Gauge({
    name: 'lienthong_webhook_calls',
    help: 'Calls of webhooks since the start of the process, by what became of them.',
    labelNames: ['outcome'],
    registers: [metrics],
    collect: () => {
      for (const [outcome, count] of counts) calls.set({ outcome }, count);
    },
  });
}

function observeRefusals(metrics: Registry, exchange: Exchange): void {
  const refusals: Gauge = new Gauge({
    name: 'lienthong_refusals',
    help: 'Messages refused since the start of the process, by code.',
    labelNames: ['code'],
    registers: [metrics],
    collect: () => {
      for (const [code, count] of exchange.refusals.counts) refusals.set({ code }, count);
    },
  });
}

function observeLog(metrics: Registry, database: Database): void {
  const size = new Gauge({
    name: 'lienthong_log_entries',
    help: 'Leaves of the evidence log.',
    registers: [metrics],
  });
  const age = new Gauge({
    name: 'lienthong_log_checkpoint_age_seconds',
    help: 'Age of the newest signed checkpoint.',
    registers: [metrics],
  });
  const waiting: Gauge = new Gauge({
    name: 'lienthong_log_waiting',
    help: 'Entries that are not under a signed checkpoint yet.',
    registers: [metrics],
    async collect() {
      // While PostgreSQL is gone the other figures are worth more than an error.
      const status = await logStatus(database.app).catch(() => undefined);
      if (!status) return;
      waiting.set(status.waiting);
      size.set(status.size);
      if (status.checkpointAgeSeconds !== null) age.set(status.checkpointAgeSeconds);
    },
  });
}
