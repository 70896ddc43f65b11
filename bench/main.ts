/** `npm run bench -- limits`, `… exchange`, `… memory` and `… nation`: see README.md. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureLimits } from './all-limits.ts';
import { measureBacklog } from './backlog/backlog.ts';
import { findBrokenPromises, printBacklog } from './backlog/print-backlog.ts';
import { startMeasuredBucket } from './measured-bucket.ts';
import type { MeasuredBucket } from './measured-bucket.ts';
import { startMeasuredDatabase } from './measured-database.ts';
import { measureExchange } from './exchange.ts';
import { startMeasuredServer } from './measured-server.ts';
import { findGrowth, measureMemory, printMemory } from './memory.ts';
import { measureNation } from './nation/nation.ts';
import { printNation } from './nation/print-nation.ts';
import { printExchange } from './print-exchange.ts';
import { printLimits } from './print-limits.ts';
import { measureSick, printSick } from './sick.ts';
import { createWorld } from './world.ts';
import type { MeasuredServer } from './measured-server.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '.data' },
    seconds: { type: 'string', default: '2' },
    'slow-flush': { type: 'boolean', default: false },
    size: { type: 'string', default: '500MB' },
    s3: { type: 'boolean', default: false },
    organisations: { type: 'string', default: '10291' },
    documents: { type: 'string', default: '2000' },
    waiting: { type: 'string', default: '1000000' },
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const benches = {
  limits: benchThroughput,
  exchange: benchThroughput,
  memory: benchMemory,
  nation: benchNation,
  backlog: benchBacklog,
  sick: benchSick,
};
const [command = ''] = positionals;
const secondsEach = Number(values.seconds);
const largeBytes = readSize(values.size);
const bench = Object.entries(benches).find(([name]) => name === command)?.[1];
const [organisations, documents, scale, seed] = [
  values.organisations,
  values.documents,
  values.scale,
  values.seed,
].map(Number) as [number, number, number, number];
const isNationPlausible =
  organisations >= 200 && documents >= 100 && scale > 0 && scale <= 1 && Number.isInteger(seed);
const waiting = Number(values.waiting);
const isPlausible = isNationPlausible && secondsEach > 0 && waiting >= 1 && largeBytes !== undefined;
if (!bench || !isPlausible) {
  console.error(
    'Usage: npm run bench -- limits|exchange|memory|sick [--data DIR] [--seconds PER-MEASUREMENT] [--slow-flush] [--json]\n' +
      '       npm run bench -- memory [--size 500MB|2GB] [--s3]\n' +
      '       npm run bench -- nation [--organisations 10291] [--documents 2000] [--scale 1] [--seed 1]\n' +
      '       npm run bench -- backlog [--waiting 1000000]',
  );
  process.exit(2);
}

// On the disk that the server would use, and nowhere else: /tmp may be memory.
await mkdir(resolve(values.data), { recursive: true });
const folder = await mkdtemp(join(resolve(values.data), 'bench-'));
const database = await startMeasuredDatabase(folder);
const onProgress = (what: string): void => console.error(`measuring ${what}`);
try {
  await bench();
} finally {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}

async function benchThroughput(): Promise<void> {
  const withSlowFlushes = values['slow-flush'];
  const limits = await measureLimits({ folder, database, secondsEach, withSlowFlushes, onProgress });
  const exchange =
    command === 'exchange'
      ? await withServer((server) => measureExchange({ folder, server, database, secondsEach, onProgress }))
      : undefined;
  if (values.json) {
    console.log(JSON.stringify({ limits, exchange }, undefined, 2));
  } else {
    printLimits(limits);
    if (exchange) printExchange(exchange, limits);
  }
}

/** Ends with 1 where a large letter takes more memory than promised. */
async function benchMemory(): Promise<void> {
  const bucket = values.s3 ? await startMeasuredBucket(folder) : undefined;
  try {
    await benchMemoryOn(bucket);
  } finally {
    bucket?.stop();
  }
}

async function benchMemoryOn(bucket: MeasuredBucket | undefined): Promise<void> {
  const memory = await withServer(
    async (server) => measureMemory(server, await createWorld(server), { largeBytes }),
    bucket?.environment,
  );
  if (values.json) console.log(JSON.stringify({ memory }, undefined, 2));
  else printMemory(memory);
  for (const growth of findGrowth(memory, bucket ? 'bucket' : 'folder')) {
    console.error(growth);
    process.exitCode = 1;
  }
}

async function benchNation(): Promise<void> {
  const asked = { organisations, documents, scale, seed };
  const nation = await withServer((server) =>
    measureNation({ ...asked, folder, server, database, onProgress }),
  );
  if (values.json) console.log(JSON.stringify({ asked, nation }, undefined, 2));
  else printNation(nation, asked);
}

/** Ends with 1 where a promise does not hold. */
async function benchBacklog(): Promise<void> {
  const result = await measureBacklog({ folder, waiting, secondsEach, onProgress });
  if (values.json) console.log(JSON.stringify({ backlog: result }, undefined, 2));
  else printBacklog(result);
  for (const broken of findBrokenPromises(result)) {
    console.error(broken);
    process.exitCode = 1;
  }
}

async function benchSick(): Promise<void> {
  const result = await withServer((server) => measureSick({ server, secondsEach, onProgress }));
  if (values.json) console.log(JSON.stringify({ sick: result }, undefined, 2));
  else printSick(result);
}

async function withServer<Result>(
  work: (server: MeasuredServer) => Promise<Result>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const server = await startMeasuredServer(folder, database, environment);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** `500MB`, `2GB`: decimal, as networks and disks count. */
function readSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,4})(MB|GB)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (unit === 'GB' ? 1e9 : 1e6);
}
