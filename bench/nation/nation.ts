/**
 * The nation replay: plausible traffic of a nation from a seed, as fast as receivers keep up, and then as a working day
 * with its peaks; what it took, and what 2.5 million documents would take.
 */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Client } from 'pg';
import { prepareGenerator } from '../generator.ts';
import { measureBlobStore } from '../limits.ts';
import { readCpuMicroseconds, readFirstThreadMicroseconds } from '../process-usage.ts';
import { watchLag } from './log-lag.ts';
import type { LogLag } from './log-lag.ts';
import { createNationWorld } from './nation-world.ts';
import type { NationWorld } from './nation-world.ts';
import type { ReplayPlan, ReplayReport } from './replay-plan.ts';
import { planTraffic } from './traffic.ts';
import { createNation } from './tree.ts';
import { findLoads } from './what-binds.ts';
import type { Load } from './what-binds.ts';
import { dueTimes, secondsOfDay } from './working-day.ts';
import type { MeasuredDatabase } from '../measured-database.ts';
import type { MeasuredServer } from '../measured-server.ts';

export interface NationOptions {
  readonly folder: string;
  readonly server: MeasuredServer;
  readonly database: MeasuredDatabase;
  readonly organisations: number;
  readonly documents: number;
  readonly scale: number;
  readonly seed: number;
  readonly onProgress: (what: string) => void;
}

export interface NationResult {
  readonly world: Omit<NationWorld, 'systems'>;
  readonly storeBytesPerSecond: number;
  /** As fast as receivers keep up. */
  readonly most: Replay;
  /** A day whose busiest hour is at 70 % of that. */
  readonly day: Replay;
}

export interface Replay {
  readonly report: ReplayReport;
  readonly lag: LogLag;
  readonly cpuSeconds: { readonly server: number; readonly serverThread: number; readonly postgres: number };
  readonly databaseBytes: number;
  /** Fullest first. */
  readonly loads: readonly Load[];
}

const kneeShare = 0.7;
const storedSizeBytes = 1_000_000;

export async function measureNation(options: NationOptions): Promise<NationResult> {
  const { documents, seed, scale, onProgress, server } = options;
  onProgress('what the blob store takes');
  const store = await measureBlobStore({ ...options, sizeBytes: storedSizeBytes, callers: 16, seconds: 2 });
  const storeBytesPerSecond = store.perSecond * storedSizeBytes;
  onProgress(`nothing yet, adding ${options.organisations} organisations`);
  const nation = createNation({ count: options.organisations, seed });
  const { systems, ...world } = await createNationWorld(server, nation);
  const half = Math.ceil(documents / 2);
  const replay = (runSeed: number, dueSeconds?: readonly number[]): Promise<Replay> => {
    const planned = planTraffic({ nation, documents: half, scale, seed: runSeed });
    const runId = randomBytes(4).toString('hex').toUpperCase();
    const plan = { address: server.address, nation, systems, planned, seed: runSeed, runId };
    return measureReplay(options, dueSeconds ? { ...plan, dueSeconds } : plan, storeBytesPerSecond);
  };
  onProgress(`${half} documents as fast as receivers keep up`);
  const most = await replay(seed);
  const peakPerSecond = (kneeShare * half) / most.report.seconds;
  const daySeconds = secondsOfDay(half, peakPerSecond);
  onProgress(`${half} documents as a working day of ${daySeconds.toFixed(0)} seconds`);
  const day = await replay(seed + 1, dueTimes(half, daySeconds));
  return { world, storeBytesPerSecond, most, day };
}

async function measureReplay(
  { server, database }: NationOptions,
  plan: ReplayPlan,
  storeBytesPerSecond: number,
): Promise<Replay> {
  const generator = await prepareGenerator<ReplayReport>(new URL('replay-process.ts', import.meta.url), plan);
  const watch = await watchLag(database.ownerUrl);
  try {
    const read = async () => ({
      server: (await readCpuMicroseconds(server.processId)) / 1e6,
      serverThread: (await readFirstThreadMicroseconds(server.processId)) / 1e6,
      postgres: (await readCpuMicroseconds(database.processId)) / 1e6,
      databaseBytes: await readDatabaseBytes(database.ownerUrl),
    });
    const before = await read();
    const report = await generator.start();
    const after = await read();
    const lag = await watch.end();
    if (report.failures.length > 0) throw new Error(report.failures.join('; '));
    const cpuSeconds = {
      server: after.server - before.server,
      serverThread: after.serverThread - before.serverThread,
      postgres: after.postgres - before.postgres,
    };
    const loads = findLoads({
      seconds: report.seconds,
      cores: availableParallelism(),
      serverThreadSeconds: cpuSeconds.serverThread,
      serverSeconds: cpuSeconds.server,
      postgresSeconds: cpuSeconds.postgres,
      generatorSeconds: report.cpuSeconds,
      storedBytes: report.sentBytes,
      storeBytesPerSecond,
    });
    return { report, lag, cpuSeconds, databaseBytes: after.databaseBytes - before.databaseBytes, loads };
  } finally {
    generator.stop();
    await watch.close();
  }
}

async function readDatabaseBytes(ownerUrl: string): Promise<number> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ bytes: string }>(
      `select pg_database_size(current_database()) as bytes`,
    );
    return Number(rows[0]!.bytes);
  } finally {
    await client.end();
  }
}
