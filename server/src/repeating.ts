/** Work in the background that nobody waits for: some time after the start, and then again and again. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface RepeatingOptions {
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Asked before each time. */
  readonly mayRun: () => boolean;
  /** Told of a failure; the work is done again at its next time. */
  readonly onFailure: (error: unknown) => void;
  readonly firstAfterMillis: number;
  readonly everyMillis: number;
}

export interface Repeating {
  /** Ends the work under way and starts no other. */
  stop(): Promise<void>;
}

export function startRepeating(options: RepeatingOptions): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    await pause(options.firstAfterMillis, signal);
    while (!signal.aborted) {
      if (options.mayRun()) await workOnce(options, signal);
      await pause(options.everyMillis, signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function workOnce({ work, onFailure }: RepeatingOptions, signal: AbortSignal): Promise<void> {
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted) onFailure(error);
  }
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself. Nor does it keep a process from ending.
  await sleep(millis, undefined, { signal, ref: false }).catch(() => undefined);
}
