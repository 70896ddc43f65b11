/** Cleans up in the background what crashes left: some time after the start, and then every hour. */
import type { SweepReport } from '#foundation/blob';
import type { Log } from '#foundation/log';
import { startRepeating } from './repeating.ts';
import type { Repeating } from './repeating.ts';

export interface SweepingOptions {
  readonly sweep: (signal: AbortSignal) => Promise<SweepReport>;
  /** Asked before each sweep: on a restored database nothing may be removed. */
  readonly mayRun: () => boolean;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Other than usual in a test. */
  readonly firstAfterMillis?: number;
  readonly everyMillis?: number;
}

/** By then the log has found out whether the database goes on from what was signed, and the start is over for all. */
const firstAfterMillis = 10 * 60_000;
const everyMillis = 60 * 60_000;

export function startSweeping({ sweep, log, ...options }: SweepingOptions): Repeating {
  return startRepeating({
    firstAfterMillis,
    everyMillis,
    ...options,
    async work(signal) {
      const { examinedFiles, removedFiles } = await sweep(signal);
      if (removedFiles > 0) log.info({ examinedFiles, removedFiles }, 'removed files that nothing refers to');
    },
    onFailure: (error) => log.warn({ err: error }, 'looking for files that nothing refers to failed'),
  });
}
