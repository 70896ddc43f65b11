/** Requests of one kind, from a process of their own; what they send is prepared before the clock starts. */
import { prepareGenerator } from './generator.ts';
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

export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const load = await prepareGenerator<LoadReport>(new URL('load-process.ts', import.meta.url), plan);
  try {
    return await load.start();
  } finally {
    load.stop();
  }
}
