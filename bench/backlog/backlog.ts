/**
 * What a heap of waiting mail does: to acceptance, beside a server without one, in turns, since a machine is never twice
 * the same; and to the start after everything was killed.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findRunningEmbedded } from '../../server/src/foundation/db/embedded/index.ts';
import { createHttpConnection } from '../http-connection.ts';
import { createLetters } from '../letter.ts';
import { runLoad } from '../load.ts';
import { startServer } from '../measured-server.ts';
import { readCpuMicroseconds } from '../process-usage.ts';
import { writeSendHead } from '../send-traffic.ts';
import { readAnswer } from '../vxp-call.ts';
import { createWorld } from '../world.ts';
import { fillMailboxes } from './fill.ts';
import type { LoadReport } from '../load.ts';
import type { MeasuredServer } from '../measured-server.ts';
import type { World } from '../world.ts';

export interface BacklogOptions {
  readonly folder: string;
  /** How many letters wait. */
  readonly waiting: number;
  readonly secondsEach: number;
  readonly onProgress: (what: string) => void;
}

export interface BacklogResult {
  readonly waiting: number;
  readonly empty: readonly Round[];
  readonly full: readonly Round[];
  /** From the start of the killed server with its PostgreSQL to the first letter accepted. */
  readonly recoverySeconds: { readonly empty: number; readonly full: number };
}

export interface Round {
  readonly perSecond: number;
  readonly p99Milliseconds: number;
  readonly serverCpuMicroseconds: number;
  readonly postgresCpuMicroseconds: number;
}

interface Side {
  readonly dataFolder: string;
  readonly server: MeasuredServer;
  readonly world: World;
}

const rounds = 7;
const sizeBytes = 10_000;

export async function measureBacklog(options: BacklogOptions): Promise<BacklogResult> {
  const { folder, waiting, onProgress } = options;
  const empty = await startSide(join(folder, 'empty'));
  const full = await startSide(join(folder, 'full'));
  try {
    await acceptOne(full);
    const { superuserUrl, url } = await postgresOf(full);
    const allRows = new URL(superuserUrl);
    allRows.pathname = new URL(url).pathname;
    await fillMailboxes({
      superuserUrl: allRows.href,
      senderCode: full.world.senders[0]!.code,
      recipientCodes: full.world.audience.map(({ code }) => code),
      count: waiting,
      onProgress: (made) => onProgress(`nothing yet, ${made} letters wait`),
    });
    const results = { empty: [] as Round[], full: [] as Round[] };
    await accept(empty, options);
    await accept(full, options);
    for (let round = 1; round <= rounds; round++) {
      onProgress(`acceptance, round ${round} of ${rounds}`);
      results.empty.push(await accept(empty, options));
      results.full.push(await accept(full, options));
    }
    const recoverySeconds = { empty: await recover(empty, options), full: await recover(full, options) };
    return { waiting, ...results, recoverySeconds };
  } finally {
    for (const side of [empty, full]) await dropSide(side);
  }
}

async function startSide(dataFolder: string): Promise<Side> {
  const server = await startServer(dataFolder);
  return { dataFolder, server, world: await createWorld(server) };
}

/** The server stops its PostgreSQL; where either was killed and did not come back, it is the next start's to clean up. */
async function dropSide({ dataFolder, server }: Side): Promise<void> {
  const home = (await findRunningEmbedded(dataFolder))?.home;
  await server.stop();
  if (home) await rm(home, { recursive: true, force: true });
}

async function postgresOf({ dataFolder }: Side) {
  const found = await findRunningEmbedded(dataFolder);
  if (!found) throw new Error('the server has no PostgreSQL');
  return found;
}

async function accept(side: Side, { secondsEach }: BacklogOptions): Promise<Round> {
  const postgres = await postgresOf(side);
  const read = async () => ({
    server: await readCpuMicroseconds(side.server.processId),
    postgres: await readCpuMicroseconds(postgres.processId),
  });
  const before = await read();
  const load = await runAccepting(side, secondsEach);
  const after = await read();
  if (load.failedCount > 0) throw new Error(load.failures.join('; '));
  return {
    perSecond: load.perSecond,
    p99Milliseconds: load.latency.p99Milliseconds,
    serverCpuMicroseconds: (after.server - before.server) / load.latency.count,
    postgresCpuMicroseconds: (after.postgres - before.postgres) / load.latency.count,
  };
}

function runAccepting({ server, world }: Side, seconds: number): Promise<LoadReport> {
  return runLoad({
    address: server.address,
    pace: { kind: 'closed', callers: 16, seconds },
    traffic: {
      kind: 'send',
      desks: world.senders.map((sender, index) => ({ sender, to: [world.audience[index]!] })),
      sizeBytes,
      runId: randomBytes(4).toString('hex').toUpperCase(),
      preparedCount: Math.ceil(seconds * 1_000),
    },
  });
}

async function acceptOne({ server, world }: Pick<Side, 'server' | 'world'>): Promise<void> {
  const [from, to] = [world.senders[0]!, world.audience[0]!];
  const runId = randomBytes(4).toString('hex').toUpperCase();
  const letters = createLetters({ from, to: [to], sizeBytes, runId });
  const connection = createHttpConnection(server.address);
  try {
    readAnswer(await connection.request([writeSendHead(from, letters, 1), ...letters.parts(1)]));
  } finally {
    connection.close();
  }
}

/** Kills server and PostgreSQL while letters come in, and starts again. */
async function recover(side: Side, { onProgress, secondsEach }: BacklogOptions): Promise<number> {
  onProgress(`the start after everything was killed (${side.dataFolder.split('/').at(-1)})`);
  const postgres = await postgresOf(side);
  const load = runAccepting(side, Math.max(3, secondsEach)).catch(() => undefined);
  setTimeout(() => {
    void side.server.kill();
    process.kill(postgres.processId, 'SIGKILL');
  }, 2_000);
  await load;
  const startedAt = performance.now();
  const server = await startServer(side.dataFolder);
  try {
    await acceptOne({ server, world: side.world });
    return (performance.now() - startedAt) / 1000;
  } finally {
    await dropSide({ ...side, server });
  }
}
