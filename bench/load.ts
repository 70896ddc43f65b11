/**
 * The load generator, in a process of its own, so that its event loop and its garbage are not the server's. What it
 * sends is prepared before the clock starts.
 */
import { fork } from 'node:child_process';
import type { LatencySummary } from './latencies.ts';
import type { LoadPlan } from './load-plan.ts';

export interface LoadReport {
  readonly perSecond: number;
  readonly latency: LatencySummary;
  readonly failedCount: number;
  readonly failures: readonly string[];
  readonly seconds: number;
  /** CPU that the generator itself took, per request. */
  readonly cpuMicrosecondsPerRequest: number;
}

export type LoadMessage = { readonly report: LoadReport } | { readonly error: string } | 'ready';

export interface Load {
  /** Starts the clock; call when everything else is ready. */
  start(): Promise<LoadReport>;
  stop(): void;
}

/** Resolves when the generator has everything prepared. */
export async function prepareLoad(plan: LoadPlan): Promise<Load> {
  const generator = fork(new URL('load-process.ts', import.meta.url), { serialization: 'advanced' });
  const nextMessage = (): Promise<LoadMessage> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the load generator ended with ${code}`));
      generator.once('exit', ended);
      generator.once('message', (message) => {
        generator.off('exit', ended);
        resolve(message as LoadMessage);
      });
    });
  const ready = nextMessage();
  generator.send(plan);
  expectReady(await ready);
  return {
    async start() {
      const done = nextMessage();
      generator.send('start');
      const message = await done;
      generator.disconnect();
      if (message === 'ready' || 'error' in message) throw new Error(`load: ${describe(message)}`);
      return message.report;
    },
    stop: () => void generator.kill(),
  };
}

export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const load = await prepareLoad(plan);
  try {
    return await load.start();
  } finally {
    load.stop();
  }
}

function expectReady(message: LoadMessage): void {
  if (message !== 'ready') throw new Error(`load: ${describe(message)}`);
}

function describe(message: LoadMessage): string {
  return typeof message === 'string' ? message : 'error' in message ? message.error : 'an unexpected report';
}
