/**
 * Has checkpoints stamped in the background: one every so many minutes while there is a new one, shared by all receipts
 * whose entries it covers. Nobody waits for it, and where the authority fails nothing is missing but the stamp (E8).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SequencerLog } from './sequencer.ts';
import { stampCheckpoint, type CheckpointStamping } from './stamp-checkpoint.ts';

export interface TimeStamper {
  stop(): Promise<void>;
}

export interface TimeStamperOptions extends Omit<CheckpointStamping, 'signal'> {
  readonly log: SequencerLog;
}

/** What is due is in the database, which all processes share; this is how often each looks. */
const lookEverySeconds = 5;
/** An authority that fails is not asked more often than this. */
const retryAfterSeconds = 60;

export function startTimeStamper(options: TimeStamperOptions): TimeStamper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { log } = options;
  let trouble: string | undefined;
  /** Said once, not at each attempt. */
  const tell = (found: string | undefined, error?: unknown): void => {
    if (found === trouble) return;
    if (found === undefined) log.info({}, 'checkpoints are time-stamped again');
    else log.error({ reason: found, err: error }, 'no time-stamp for the evidence log');
    trouble = found;
  };

  const attempt = async (): Promise<boolean> => {
    try {
      const done = await stampCheckpoint({ ...options, signal });
      if (signal.aborted) return true;
      if (done.outcome === 'failed') tell(`${done.fault.code}: ${done.fault.reason}`);
      else if (done.outcome === 'stamped') tell(undefined);
      return done.outcome !== 'failed';
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), error);
      return false;
    }
  };
  const running = (async () => {
    while (!signal.aborted) {
      const isWell = await attempt();
      const pauseSeconds = isWell ? lookEverySeconds : retryAfterSeconds;
      // An aborted pause is a stop.
      await sleep(Math.min(pauseSeconds, options.everySeconds) * 1_000, undefined, {
        signal,
        ref: false,
      }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
