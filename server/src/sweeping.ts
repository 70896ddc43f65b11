/** Cleans up in the background what crashes left: some time after the start, and then every hour. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepReport } from '#foundation/blob';
import type { Log } from '#foundation/log';

export interface SweepingOptions {
  readonly sweep: (signal: AbortSignal) => Promise<SweepReport>;
  /** Asked before each sweep: on a restored database nothing may be removed. */
  readonly mayRun: () => boolean;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Other than usual in a test. */
  readonly firstAfterMillis?: number;
  readonly everyMillis?: number;
}

export interface Sweeping {
  stop(): Promise<void>;
}

/** By then the log has found out whether the database goes on from what was signed, and the start is over for all. */
const firstAfterMillis = 10 * 60_000;
const everyMillis = 60 * 60_000;

export function startSweeping(options: SweepingOptions): Sweeping {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    await pause(options.firstAfterMillis ?? firstAfterMillis, signal);
    while (!signal.aborted) {
      if (options.mayRun()) await sweepOnce(options, signal);
      await pause(options.everyMillis ?? everyMillis, signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** What fails now is tried again in an hour: nobody waits for it. */
async function sweepOnce({ sweep, log }: SweepingOptions, signal: AbortSignal): Promise<void> {
  try {
    const { examinedFiles, removedFiles } = await sweep(signal);
    if (removedFiles > 0) log.info({ examinedFiles, removedFiles }, 'removed files that nothing refers to');
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'looking for files that nothing refers to failed');
  }
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself. Nor does it keep a process from ending.
  await sleep(millis, undefined, { signal, ref: false }).catch(() => undefined);
}
