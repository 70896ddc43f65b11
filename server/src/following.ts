/**
 * Keeps duties of time and figures up with the log, in the background: the log every second, deadlines, the calendar and
 * the ladder every minute. Any number of processes may run it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { climbLadder, followLog, recomputeDeadlines, recomputeRungs, watchDeadlines } from '#exchange';
import type { Exchange } from '#exchange';
import type { Log } from '#foundation/log';
import type { Repeating } from './repeating.ts';

export interface FollowingOptions {
  /** What is done each second, until it says that nothing is left to do. */
  readonly followLog: () => Promise<{ readonly isCaughtUp: boolean }>;
  /** What is done each minute, by name, until nothing is left to do: a holiday ends for a million duties at once. */
  readonly watches: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>>;
  /** Asked before each time: a restored database may lack what is still to be replayed. */
  readonly mayRun: () => boolean;
  readonly log: Pick<Log, 'warn'>;
  /** Other than usual in a test. */
  readonly everyMillis?: number;
  readonly watchEveryMillis?: number;
}

const everyMillis = 1_000;
const watchEveryMillis = 60_000;

export function followExchange(
  exchange: Exchange,
  { mayRun, log }: Pick<FollowingOptions, 'mayRun' | 'log'>,
): Repeating {
  const { platform } = exchange;
  return startFollowing({
    followLog: () => followLog(platform),
    watches: {
      'computing deadlines again': () => recomputeDeadlines(platform),
      'watching deadlines': async (signal) => {
        while (!signal.aborted && (await watchDeadlines(platform)) > 0);
      },
      'computing rungs again': () => recomputeRungs(platform),
      'climbing the ladder': async (signal) => {
        while (!signal.aborted && (await climbOnce(exchange, log)) > 0);
      },
    },
    mayRun,
    log,
  });
}

/** How many copies it moved. */
async function climbOnce(exchange: Exchange, log: Pick<Log, 'warn'>): Promise<number> {
  const { copies, remindedOperator, failures } = await climbLadder(exchange);
  if (remindedOperator > 0) {
    log.warn({ copies: remindedOperator }, 'mail waits that its recipients do not collect');
  }
  if (failures.length > 0) {
    log.warn({ err: failures[0], copies: failures.length }, 'copies could not climb the ladder');
  }
  return copies;
}

export function startFollowing(options: FollowingOptions): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  // During an outage each of them fails each time: said once, until it succeeds again.
  const failing = new Set<string>();
  const attempt = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      failing.delete(name);
    } catch (error) {
      if (!failing.has(name)) options.log.warn({ err: error }, `${name} failed, and is tried again`);
      failing.add(name);
    }
  };
  const running = (async () => {
    let watchAt = performance.now();
    for (; !signal.aborted; await pause(options.everyMillis ?? everyMillis, signal)) {
      if (!options.mayRun()) continue;
      await attempt('following the log', async () => {
        while (!signal.aborted && !(await options.followLog()).isCaughtUp);
      });
      if (performance.now() >= watchAt) {
        watchAt = performance.now() + (options.watchEveryMillis ?? watchEveryMillis);
        for (const [name, watch] of Object.entries(options.watches)) {
          if (!signal.aborted) await attempt(name, () => watch(signal));
        }
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself. Nor does it keep a process from ending.
  await sleep(millis, undefined, { signal, ref: false }).catch(() => undefined);
}
