/**
 * What the exchange does on this machine: accepted letters a second and the whole way of a letter, the waiting at fixed
 * rates, and what a message costs in CPU, flushes, bytes and memory.
 */
import { randomBytes } from 'node:crypto';
import { runLoad } from './load.ts';
import { measureMemory } from './memory.ts';
import { readCpuMicroseconds, readDiskUsage } from './process-usage.ts';
import { createWorld } from './world.ts';
import type { LoadReport } from './load.ts';
import type { LoadPlan } from './load-plan.ts';
import type { MemoryResult } from './memory.ts';
import type { MeasuredDatabase } from './measured-database.ts';
import type { MeasuredServer } from './measured-server.ts';
import type { SteadyPace } from './pace.ts';
import type { World } from './world.ts';

export interface ExchangeOptions {
  readonly folder: string;
  readonly server: MeasuredServer;
  readonly database: MeasuredDatabase;
  readonly secondsEach: number;
  readonly onProgress: (what: string) => void;
}

export interface ExchangeResult {
  readonly scenario: Scenario['name'];
  readonly sizeBytes: number;
  readonly recipients: number;
  /** Requests of one message. */
  readonly requests: number;
  /** As fast as it goes. */
  readonly most: Measurement;
  /** At a fixed rate of 70 % of that. */
  readonly steady: Measurement;
}

export interface Measurement {
  readonly callers: number;
  readonly load: LoadReport;
  readonly perMessage: {
    readonly serverCpuMicroseconds: number;
    readonly postgresCpuMicroseconds: number;
    readonly flushes: number;
    readonly writtenBytes: number;
  };
}

export interface ExchangeResults {
  readonly throughput: readonly ExchangeResult[];
  readonly memory: readonly MemoryResult[];
}

interface Scenario {
  readonly name: 'accept' | 'cycle' | 'circular';
  readonly sizeBytes: number;
  readonly recipients: number;
}

const scenarios: readonly Scenario[] = [
  { name: 'accept', sizeBytes: 10_000, recipients: 1 },
  { name: 'accept', sizeBytes: 300_000, recipients: 1 },
  { name: 'cycle', sizeBytes: 10_000, recipients: 1 },
  { name: 'cycle', sizeBytes: 300_000, recipients: 1 },
  { name: 'circular', sizeBytes: 1_000_000, recipients: 63 },
  { name: 'circular', sizeBytes: 1_000_000, recipients: 700 },
];
const callerCounts = [16, 32];
const kneeShare = 0.7;
const requestsOf = { accept: 1, cycle: 8, circular: 1 };

export async function measureExchange(options: ExchangeOptions): Promise<ExchangeResults> {
  options.onProgress('nothing yet, adding the agencies');
  const world = await createWorld(options.server);
  options.onProgress('memory');
  // First, while the memory of the server has not yet grown by other work.
  const memory = await measureMemory(options.server, world);
  const throughput: ExchangeResult[] = [];
  for (const scenario of scenarios) throughput.push(await measureScenario(options, world, scenario));
  return { throughput, memory };
}

async function measureScenario(
  options: ExchangeOptions,
  world: World,
  scenario: Scenario,
): Promise<ExchangeResult> {
  const { name, sizeBytes, recipients } = scenario;
  const what = `${name}, ${sizeBytes} bytes, ${recipients} recipients`;
  options.onProgress(`${what}: warming up`);
  await measure(options, world, scenario, { kind: 'closed', callers: 16, seconds: 1 });
  const attempts: Measurement[] = [];
  for (const callers of callerCounts) {
    options.onProgress(`${what}: ${callers} callers`);
    attempts.push(
      await measure(options, world, scenario, { kind: 'closed', callers, seconds: options.secondsEach }),
    );
  }
  const most = attempts.reduce((best, next) => (next.load.perSecond > best.load.perSecond ? next : best));
  const perSecond = Math.max(1, most.load.perSecond * kneeShare);
  options.onProgress(`${what}: ${perSecond.toFixed(0)} a second`);
  // Never fewer seconds than make a hundred messages, or there is no 99th of a hundred.
  const seconds = Math.max(options.secondsEach, 100 / perSecond);
  const steady = await measure(options, world, scenario, { kind: 'open', callers: 32, perSecond, seconds });
  return { scenario: name, sizeBytes, recipients, requests: requestsOf[name], most, steady };
}

async function measure(
  { folder, server, database }: ExchangeOptions,
  world: World,
  scenario: Scenario,
  pace: SteadyPace,
): Promise<Measurement> {
  const read = async () => ({
    server: await readCpuMicroseconds(server.processId),
    postgres: await readCpuMicroseconds(database.processId),
    disk: await readDiskUsage(folder),
  });
  const before = await read();
  const load = await runLoad({ address: server.address, pace, traffic: trafficOf(scenario, world, pace) });
  const after = await read();
  if (load.failedCount > 0) {
    throw new Error(
      `${load.failedCount} of the ${scenario.name} messages failed: ${load.failures.join('; ')}`,
    );
  }
  const count = Math.max(1, load.latency.count);
  return {
    callers: pace.callers,
    load,
    perMessage: {
      serverCpuMicroseconds: (after.server - before.server) / count,
      postgresCpuMicroseconds: (after.postgres - before.postgres) / count,
      flushes: (after.disk.flushes - before.disk.flushes) / count,
      writtenBytes: (after.disk.writtenBytes - before.disk.writtenBytes) / count,
    },
  };
}

function trafficOf(
  { name, sizeBytes, recipients }: Scenario,
  world: World,
  pace: SteadyPace,
): LoadPlan['traffic'] {
  const runId = randomBytes(4).toString('hex').toUpperCase();
  if (name === 'cycle') {
    const pairs = world.senders.map((sender, index) => ({ sender, receiver: world.receivers[index]! }));
    return { kind: 'cycle', pairs, sizeBytes, runId };
  }
  const desks = world.senders.map((sender, index) => ({
    sender,
    to: name === 'circular' ? world.audience.slice(0, recipients) : [world.audience[index]!],
  }));
  // A closed run ends with the clock: sign what a fast machine could send, but not for minutes.
  const expectedPerSecond = pace.kind === 'open' ? pace.perSecond : Math.min(3_000, 400_000_000 / sizeBytes);
  const preparedCount = Math.ceil(pace.seconds * expectedPerSecond);
  return { kind: 'send', desks, sizeBytes, runId, preparedCount };
}
