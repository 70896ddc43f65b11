/** What waits in the whole installation, for `/metrics`. Every process shows the same figures: take the highest, not the sum. */
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { readQueueFigures } from '#exchange';
import type { QueueFigures } from '#exchange';
import { inTransaction } from '#foundation/db';
import type { Database } from '#foundation/db';
import { readProofAges } from '#foundation/evidence';
import type { ProofAges } from '#foundation/evidence';

/** Copies are counted one by one: a scraper that comes more often gets the figures of before. */
const freshMillis = 15_000;

export function observeQueues(metrics: Registry, database: Database): void {
  const read = createReading(database);
  // Each asks, since those of one scrape are collected side by side; one of them reads.
  const gauge = (name: string, help: string, valueOf: (figures: Figures) => number | null): void => {
    const created: Gauge = new Gauge({
      name,
      help,
      registers: [metrics],
      async collect() {
        const figures = await read();
        const value = figures ? valueOf(figures) : null;
        if (value !== null) created.set(value);
      },
    });
  };
  gauge(
    'lienthong_feed_behind',
    'Leaves of the log that the change feed has not told of.',
    (read) => read.feedBehind,
  );
  gauge(
    'lienthong_duties_behind',
    'Leaves of the log that duties have not followed.',
    (read) => read.dutiesBehind,
  );
  gauge('lienthong_parked_copies', 'Copies set aside after too many attempts.', (read) => read.parked);
  gauge('lienthong_late_duties', 'Duties of the law that are late and still open.', (read) => read.lateOpen);
  gauge('lienthong_log_time_stamp_age_seconds', 'Age of the newest time-stamp.', (read) => read.stampSeconds);
  gauge(
    'lienthong_log_cosignature_age_seconds',
    'Age of the newest cosignature of a witness.',
    (read) => read.cosignatureSeconds,
  );
  const undelivered: Gauge = new Gauge({
    name: 'lienthong_undelivered_copies',
    help: 'Copies that nobody confirmed to have, by time since their acceptance.',
    labelNames: ['age'],
    registers: [metrics],
    async collect() {
      const figures = await read();
      if (!figures) return;
      for (const [age, copies] of Object.entries(figures.undelivered)) undelivered.set({ age }, copies);
    },
  });
}

type Figures = QueueFigures & ProofAges;

/** While PostgreSQL is gone the other figures are worth more than an error. */
function createReading(database: Database): () => Promise<Figures | undefined> {
  let latest: Promise<Figures | undefined> | undefined;
  let readAt = 0;
  return async () => {
    if (!latest || performance.now() - readAt > freshMillis) {
      readAt = performance.now();
      latest = inTransaction(database.app, {}, async (tx) => ({
        ...(await readQueueFigures(tx)),
        ...(await readProofAges(tx)),
      })).catch(() => undefined);
    }
    return latest;
  };
}
