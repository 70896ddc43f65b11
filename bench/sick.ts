/**
 * What sick receivers do to the healthy ones. Always as many letters between 29 pairs; in one round all receivers are
 * well, in the next three of them (10 %) never come and two (7 %) fetch at 100 KB/s. Measured are the other 24 alone.
 */
import { randomBytes } from 'node:crypto';
import { runLoad } from './load.ts';
import { printTable } from './table.ts';
import { createWorld } from './world.ts';
import type { CycleTraffic } from './cycle-traffic.ts';
import type { LatencySummary } from './latencies.ts';
import type { LoadPlan } from './load-plan.ts';
import type { MeasuredServer } from './measured-server.ts';

export interface SickOptions {
  readonly server: MeasuredServer;
  readonly secondsEach: number;
  readonly onProgress: (what: string) => void;
}

export interface SickResult {
  readonly perSecond: number;
  /** Of the healthy pairs' whole cycles. */
  readonly well: readonly LatencySummary[];
  readonly sick: readonly LatencySummary[];
}

const [healthyCount, deadCount, slowCount] = [24, 3, 2];
const pairCount = healthyCount + deadCount + slowCount;
const rounds = 7;
const sizeBytes = 10_000;
/** Large enough that a slow fetch lasts for the round. */
const slowSizeBytes = 2_000_000;
const slowBytesPerSecond = 100_000;
const kneeShare = 0.5;
/** Cycles of eight requests; fewer have no 99th of a hundred. */
const leastCycles = 200;

export async function measureSick({ server, secondsEach, onProgress }: SickOptions): Promise<SickResult> {
  onProgress('nothing yet, adding the agencies');
  const world = await createWorld(server);
  const pairs = world.senders.map((sender, index) => ({ sender, receiver: world.receivers[index]! }));
  const healthy = pairs.slice(0, healthyCount);
  const slow = pairs.slice(healthyCount, healthyCount + slowCount);
  // The mailboxes of the dead are full ever after: in the rounds of the well, others take their place.
  const [dead, inTheirPlace] = [pairs.slice(-2 * deadCount, -deadCount), pairs.slice(-deadCount)];
  const load = async (traffic: LoadPlan['traffic'], pace: LoadPlan['pace']) => {
    const report = await runLoad({ address: server.address, traffic, pace });
    if (report.failedCount > 0) throw new Error(report.failures.join('; '));
    return report;
  };
  const runId = (): string => randomBytes(4).toString('hex').toUpperCase();
  const cycles = (among: CycleTraffic['pairs']): LoadPlan['traffic'] => ({
    kind: 'cycle',
    pairs: among,
    sizeBytes,
    runId: runId(),
  });

  onProgress('how many cycles a second there are');
  const everybody = [...healthy, ...slow, ...inTheirPlace];
  const closed = { kind: 'closed', callers: pairCount, seconds: secondsEach } as const;
  const most = await load(cycles(everybody), closed);
  const perSecond = most.perSecond * kneeShare;
  const seconds = Math.max(secondsEach, leastCycles / perSecond);
  const at = (count: number): LoadPlan['pace'] => ({
    kind: 'open',
    callers: count,
    perSecond: (perSecond * count) / pairCount,
    seconds,
    hopelessSeconds: 30,
  });
  const result = { perSecond, well: [] as LatencySummary[], sick: [] as LatencySummary[] };
  for (let round = 1; round <= rounds; round++) {
    for (const kind of ['well', 'sick'] as const) {
      onProgress(`${kind}, round ${round} of ${rounds}`);
      const others =
        kind === 'well'
          ? [load(cycles(slow), at(slowCount)), load(cycles(inTheirPlace), at(deadCount))]
          : [
              load(slowly(slow, runId()), { kind: 'closed', callers: slowCount, seconds: seconds / 2 }),
              load(letters(dead, runId()), at(deadCount)),
            ];
      const [measured] = await Promise.all([load(cycles(healthy), at(healthyCount)), ...others]);
      result[kind].push(measured.latency);
    }
  }
  return result;
}

function slowly(pairs: CycleTraffic['pairs'], runId: string): LoadPlan['traffic'] {
  return { kind: 'slow', pairs, sizeBytes: slowSizeBytes, bytesPerSecond: slowBytesPerSecond, runId };
}

function letters(pairs: CycleTraffic['pairs'], runId: string): LoadPlan['traffic'] {
  const desks = pairs.map(({ sender, receiver }) => ({ sender, to: [receiver] }));
  return { kind: 'send', desks, sizeBytes, runId, preparedCount: 1_000 };
}

export function printSick({ perSecond, well, sick }: SickResult): void {
  console.log(
    `\nWhole cycles between ${healthyCount} healthy pairs, ${perSecond.toFixed(0)} a second in all: medians of ${rounds} rounds in turns\n`,
  );
  const row = (name: string, field: 'p50Milliseconds' | 'p99Milliseconds'): string[] => {
    const [without, beside] = [medianOf(well, field), medianOf(sick, field)];
    return [name, without.toFixed(1), beside.toFixed(1), (beside / without).toFixed(2)];
  };
  printTable(
    ['of the healthy', 'all well', '10 % dead, 7 % slow', 'ratio'],
    [row('p50 ms', 'p50Milliseconds'), row('p99 ms', 'p99Milliseconds')],
  );
}

function medianOf(rounds: readonly LatencySummary[], field: 'p50Milliseconds' | 'p99Milliseconds'): number {
  return rounds.map((round) => round[field]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
}
