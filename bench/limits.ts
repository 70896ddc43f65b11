/**
 * What this machine can do at all, measured with the same building blocks that the server is made of and nothing
 * else: the limits beside which a throughput of the server says something.
 */
import { createCipheriv, generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client } from 'pg';
import { createBlobStore, insertBlobRows, localDisk } from '../server/src/foundation/blob/index.ts';
import { createGatherer, inTransaction } from '../server/src/foundation/db/index.ts';
import { newId } from '../server/src/foundation/ids/index.ts';
import { createSecretBox } from '../server/src/foundation/secrets/index.ts';
import { runLoad } from './load.ts';
import { run } from './pace.ts';
import { withFlushDelay } from './slow-flush.ts';
import type { AddressInfo } from 'node:net';
import type { StoredBlob } from '../server/src/foundation/blob/index.ts';
import type { LoadReport } from './load.ts';
import type { MeasuredDatabase } from './measured-database.ts';

export interface Rate {
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  readonly cpuMicrosecondsEach: number;
}

/** Cost of making 4 KB durable in a file that is already there: the median, since a busy disk stutters. */
export async function measureFlushMicroseconds(folder: string, count = 200): Promise<number> {
  const path = join(folder, `flush-${process.pid}`);
  const file = await open(path, 'wx');
  try {
    const page = randomBytes(4096);
    const costs: number[] = [];
    for (let times = 0; times < count; times++) {
      await file.write(page, 0, page.length, 0);
      const startedAt = performance.now();
      await file.datasync();
      costs.push((performance.now() - startedAt) * 1000);
    }
    return costs.sort((a, b) => a - b)[Math.floor(count / 2)]!;
  } finally {
    await file.close();
    await rm(path);
  }
}

export interface BlobStoreLoad {
  readonly folder: string;
  readonly database: MeasuredDatabase;
  readonly sizeBytes: number;
  readonly callers: number;
  readonly seconds: number;
  /** Added to each flush of a file or folder; PostgreSQL has its own, see `setFlushDelay`. */
  readonly flushDelayMilliseconds?: number;
}

/** Contents made durable by the blob store alone: files, or rows gathered into shared commits as the server does. */
export async function measureBlobStore(load: BlobStoreLoad): Promise<Rate> {
  const { database } = load.database;
  const folder = join(load.folder, 'blobs');
  const store = await createBlobStore({
    folder,
    secrets: createSecretBox([randomBytes(32)]),
    pool: database.app,
    disk: withFlushDelay(localDisk, load.flushDelayMilliseconds ?? 0),
    reserveBytes: 0,
  });
  const rows = gatherInserts<StoredBlob>((blobs) =>
    inTransaction(database.ingest, {}, (tx) => insertBlobRows(tx, blobs)),
  );
  const pieces = piecesOf(randomBytes(load.sizeBytes));
  const digest = randomBytes(32);
  try {
    return await measureRate(load, async () => {
      const writer = store.create({ digestBy: 'caller' });
      for (const piece of pieces) await writer.write(piece);
      const blob = await writer.finish({ digest });
      if (blob.row) await rows.submit(blob);
    });
  } finally {
    await rm(folder, { recursive: true });
    await emptyTable(load.database, 'blob.small');
  }
}

export interface InsertLoad {
  readonly database: MeasuredDatabase;
  readonly rowBytes: number;
  readonly callers: number;
  readonly seconds: number;
}

/** Rows made durable by commits that all waiting callers share: what a fact with its evidence costs at least. */
export async function measureGatheredInserts(load: InsertLoad): Promise<Rate> {
  const { database } = load.database;
  await asOwner(
    load.database,
    `create schema if not exists bench;
     create table if not exists bench.fact (organisation_id uuid, id uuid, payload bytea, primary key (organisation_id, id));
     grant usage on schema bench to lt_ingest;
     grant insert on bench.fact to lt_ingest`,
  );
  const organisationId = newId();
  const payload = randomBytes(load.rowBytes);
  const rows = gatherInserts<string>(async (ids) => {
    await inTransaction(database.ingest, {}, (tx) =>
      tx.prepared(
        'bench-insert',
        `insert into bench.fact select $1::uuid, id, $3::bytea from unnest($2::uuid[]) as id`,
        [organisationId, ids, payload],
      ),
    );
  });
  try {
    return await measureRate({ ...load, sizeBytes: load.rowBytes }, () => rows.submit(newId()));
  } finally {
    await emptyTable(load.database, 'bench.fact');
  }
}

export interface CryptoLimits {
  readonly sha256BytesPerSecond: number;
  readonly aesGcmBytesPerSecond: number;
  readonly ed25519SignaturesPerSecond: number;
}

/** Of one core. */
export function measureCrypto(milliseconds = 500): CryptoLimits {
  const chunk = randomBytes(65_536);
  const [key, nonce] = [randomBytes(32), randomBytes(12)];
  const { privateKey } = generateKeyPairSync('ed25519');
  const payload = randomBytes(600);
  const perSecond = (work: () => void): number => {
    let count = 0;
    const startedAt = performance.now();
    for (; performance.now() - startedAt < milliseconds; count++) work();
    return (count * 1000) / (performance.now() - startedAt);
  };
  return {
    sha256BytesPerSecond: chunk.length * perSecond(() => hash('sha256', chunk, 'buffer')),
    aesGcmBytesPerSecond:
      chunk.length *
      perSecond(() => {
        const cipher = createCipheriv('aes-256-gcm', key, nonce);
        cipher.update(chunk);
        cipher.final();
        cipher.getAuthTag();
      }),
    ed25519SignaturesPerSecond: perSecond(() => sign(null, payload, privateKey)),
  };
}

export interface HttpLoad {
  readonly bodyBytes: number;
  readonly callers: number;
  readonly seconds: number;
}

/** node:http that reads a body and answers at once, under the same load generator as the server. */
export async function measureBareHttp({ bodyBytes, callers, seconds }: HttpLoad): Promise<LoadReport> {
  const answer = JSON.stringify({ status: 'OK', ErrorCode: '0', ErrorDesc: '', DocId: newId() });
  const server = createServer((request, response) => {
    request
      .on('data', () => undefined)
      .on('end', () => {
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
          .end(answer);
      });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await runLoad({
      address: { host: '127.0.0.1', port },
      pace: { kind: 'closed', callers, seconds },
      traffic: { kind: 'bare', bodyBytes },
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Until connections are open, folders are made and the code is compiled. */
const warmUpSeconds = 0.3;

async function measureRate(
  load: { readonly callers: number; readonly seconds: number; readonly sizeBytes: number },
  act: () => Promise<void>,
): Promise<Rate> {
  await run({ kind: 'closed', callers: load.callers, seconds: warmUpSeconds }, act);
  const cpuBefore = process.cpuUsage();
  const outcome = await run({ kind: 'closed', callers: load.callers, seconds: load.seconds }, act);
  if (outcome.failedCount > 0) throw new Error(`a measurement failed: ${outcome.failures[0]}`);
  const cpu = process.cpuUsage(cpuBefore);
  const count = outcome.latenciesMilliseconds.length;
  const perSecond = count / outcome.seconds;
  return {
    perSecond,
    bytesPerSecond: perSecond * load.sizeBytes,
    cpuMicrosecondsEach: (cpu.user + cpu.system) / Math.max(1, count),
  };
}

function gatherInserts<Item>(insert: (items: readonly Item[]) => Promise<void>) {
  return createGatherer<Item, void>({
    write: async (items) => {
      await insert(items);
      return items.map(() => ({ result: undefined }));
    },
    maxItems: 128,
    weigh: () => 1,
    maxWeight: 128,
    concurrency: 2,
  });
}

/** As a body comes from a socket. */
function piecesOf(content: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < content.length; start += 65_536)
    pieces.push(content.subarray(start, start + 65_536));
  return pieces;
}

async function emptyTable(database: MeasuredDatabase, table: string): Promise<void> {
  await asOwner(database, `truncate ${table}`);
}

async function asOwner({ ownerUrl }: MeasuredDatabase, statements: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
