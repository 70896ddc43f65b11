/** Destroys in the background, every hour, the contents that were kept long enough. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { DestroyReport } from '#exchange';
import type { Log } from '#foundation/log';
import { startRepeating } from './repeating.ts';
import type { Repeating } from './repeating.ts';

export interface DestroyingOptions {
  readonly destroy: (signal: AbortSignal) => Promise<DestroyReport>;
  /** Asked before each time: on a restored database nothing may be destroyed. */
  readonly mayRun: () => boolean;
  readonly metrics: Registry;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Other than usual in a test. */
  readonly firstAfterMillis?: number;
  readonly everyMillis?: number;
}

/** After the first sweep, when the start is over for all. */
const firstAfterMillis = 15 * 60_000;
const everyMillis = 60 * 60_000;
/** Calls an hour: of a thousand contents each, so a day takes five times what a nation sends in one. */
const callsAtOnce = 200;

export function startDestroying({ destroy, metrics, log, ...options }: DestroyingOptions): Repeating {
  const destroyed = new Counter({
    name: 'lienthong_contents_destroyed_total',
    help: 'Contents destroyed because they were kept long enough.',
    registers: [metrics],
  });
  return startRepeating({
    firstAfterMillis,
    everyMillis,
    ...options,
    async work(signal) {
      let count = 0;
      for (let call = 0; call < callsAtOnce; call++) {
        const { destroyedCount, isComplete } = await destroy(signal);
        destroyed.inc(destroyedCount);
        count += destroyedCount;
        if (isComplete) break;
      }
      if (count > 0) log.info({ destroyedCount: count }, 'destroyed contents that were kept long enough');
    },
    onFailure: (error) => log.warn({ err: error }, 'destroying contents that were kept long enough failed'),
  });
}
