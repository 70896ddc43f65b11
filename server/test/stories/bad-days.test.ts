/** What passes by itself: PostgreSQL is gone for some seconds, the disk is full. The client hears "later" or nothing bad. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { localDisk } from '#foundation/blob';
import type { Disk } from '#foundation/blob';
import { connect, grantRoles, migrate } from '#foundation/db';
import { startEmbedded } from '#foundation/db/embedded';
import { migrations } from '../../src/migrations.ts';
import { writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll, textOf } from '../support/receive.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createTcpProxy } from '../support/tcp-proxy.ts';
import type { VxpResponse } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const sender = 'H64.31';
const receiver = 'G10';
const organisations = [{ code: sender }, { code: receiver }];

let world: World;
afterEach(() => world.drop());

test('PostgreSQL stops in the middle of sends and comes back: all arrive once, and nobody is refused', async () => {
  const postgres = await startStoppablePostgres();
  world = await createWorld(organisations, { test: postgres.test });
  await world.serve();

  const evening = new AbortController();
  const receipts = new Map<string, Set<string>>();
  const answers: VxpResponse[] = [];
  /** Each letter is sent until it is acknowledged, and once more, as after a lost answer. */
  const sendWithoutPause = async (desk: number): Promise<void> => {
    const client = world.client(sender);
    for (let index = 0; !evening.signal.aborted; index++) {
      // Every third is large enough to become a file.
      const content = randomBytes(index % 3 === 0 ? 90_000 : 900);
      const number = `${desk}-${index}`;
      const bytes = await writeLetter({ from: sender, to: [receiver], number, content });
      const given = new Set<string>();
      for (let times = 0; times < 2;) {
        const response = await client.sendEdoc(bytes);
        answers.push(response);
        if (response.answer.status === 'OK') {
          given.add(response.receipt!);
          times += 1;
        } else {
          await sleep(50);
        }
      }
      receipts.set(bytes.toString('latin1'), given);
    }
  };
  const desks = [1, 2, 3, 4].map(sendWithoutPause);
  await sleep(500);
  await postgres.stop();
  await sleep(2_000);
  const acknowledgedBefore = receipts.size;
  await postgres.start();
  await sleep(500);
  evening.abort();
  await Promise.all(desks);

  expect(receipts.size).toBeGreaterThan(acknowledgedBefore);
  for (const { httpStatus, answer } of answers) {
    expect([answer.status, httpStatus]).toEqual(answer.status === 'OK' ? ['OK', 200] : ['FAIL', 503]);
  }
  // Whoever was under way when it stopped was kept waiting instead of turned away.
  const received = (await receiveAll(world.client(receiver))).map(({ bytes }) => bytes.toString('latin1'));
  expect(received.toSorted()).toEqual([...receipts.keys()].toSorted());
  expect([...receipts.values()].map(({ size }) => size)).toEqual([...receipts].map(() => 1));
}, 60_000);

test('the network to PostgreSQL breaks just before and just after commits: all arrive once, with one receipt', async () => {
  const own = await createTestDatabase();
  const direct = new URL(own.url);
  const cuts = { 'cut before': 0, 'cut after': 0 };
  let commits = 0;
  let isStormy = false;
  const proxy = await createTcpProxy({
    targets: [join(direct.searchParams.get('host')!, '.s.PGSQL.5432')],
    onRequest: (bytes) => {
      if (!isStormy || !bytes.includes('commit\0') || ++commits % 7 !== 0) return 'pass';
      const fate = commits % 2 === 0 ? 'cut before' : 'cut after';
      cuts[fate] += 1;
      return fate;
    },
  });
  direct.search = '';
  direct.host = `127.0.0.1:${proxy.port}`;
  const database = connect({ url: direct.href });
  const drop = async (): Promise<void> => {
    await database.close();
    await proxy.close();
    await own.drop();
  };
  world = await createWorld(organisations, { test: { ...own, database, drop } });
  await world.serve();

  isStormy = true;
  const receipts = new Map<string, Set<string>>();
  const sendSome = async (desk: number): Promise<void> => {
    const client = world.client(sender);
    for (let index = 0; index < 25; index++) {
      const bytes = await writeLetter({ from: sender, to: [receiver], number: `${desk}-${index}` });
      const given = new Set<string>();
      for (let times = 0; times < 2;) {
        const response = await client.sendEdoc(bytes);
        if (response.answer.status !== 'OK') expect(response.httpStatus).toBe(503);
        else {
          given.add(response.receipt!);
          times += 1;
        }
      }
      receipts.set(bytes.toString('latin1'), given);
    }
  };
  await Promise.all([1, 2, 3].map(sendSome));
  isStormy = false;

  expect(cuts['cut before']).toBeGreaterThan(1);
  expect(cuts['cut after']).toBeGreaterThan(1);
  const received = (await receiveAll(world.client(receiver))).map(({ bytes }) => bytes.toString('latin1'));
  expect(received.toSorted()).toEqual([...receipts.keys()].toSorted());
  expect([...receipts.values()].map(({ size }) => size)).toEqual([...receipts].map(() => 1));
}, 60_000);

test('a full disk: "later" in the middle of an upload, nothing is left, and it goes on when there is room', async () => {
  const disk = fillableDisk();
  world = await createWorld(organisations, { disk });
  await world.serve();
  const client = world.client(sender);
  const large = await writeLetter({ from: sender, to: [receiver], content: randomBytes(3_000_000) });
  const small = await writeLetter({ from: sender, to: [receiver], content: randomBytes(900) });

  disk.isFull = true;
  const refused = await client.sendEdoc(large);
  expect([refused.httpStatus, refused.answer.ErrorDesc?.split(':')[0]]).toEqual([503, 'blob.disk_full']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(await filesOf(world)).toEqual([]);

  disk.isFull = false;
  expect((await client.sendEdoc(large)).answer.status).toBe('OK');
  // What is already here can be fetched and confirmed whatever the disk says, and small letters need no file.
  disk.isFull = true;
  expect((await client.sendEdoc(small)).answer.status).toBe('OK');
  const received = await receiveAll(world.client(receiver));
  expect(new Set(received.map(({ bytes }) => bytes.length))).toEqual(new Set([large.length, small.length]));
});

test('the reserve of the disk is kept: a package is turned away before its body, mail and statuses still go', async () => {
  const disk = fillableDisk();
  world = await createWorld(organisations, { disk });
  await world.serve();
  const client = world.client(sender);
  const letter = await writeLetter({ from: sender, to: [receiver], content: randomBytes(200_000) });
  expect((await client.sendEdoc(letter)).answer.status).toBe('OK');

  disk.freeBytes = 100_000;
  // The disk is asked once a second.
  await sleep(1_100);
  const another = await writeLetter({ from: sender, to: [receiver], content: randomBytes(200_000) });
  const refused = await client.sendEdoc(another, { expectContinue: true });
  expect([refused.httpStatus, refused.answer.ErrorDesc?.split(':')[0]]).toEqual([503, 'blob.disk_full']);
  expect(refused.wasAskedToContinue).toBe(false);
  expect((await receiveAll(world.client(receiver))).map(({ bytes }) => bytes)).toEqual([letter]);

  disk.freeBytes = 0;
  await sleep(1_100);
  const about = { from: sender, documentId: textOf('DocumentId', letter) };
  const report = writeReport({ from: receiver, about, code: '03' });
  expect((await world.client(receiver).sendEdoc(report, { kind: 'status' })).answer.status).toBe('OK');

  disk.freeBytes = 10_000_000;
  await sleep(1_100);
  expect((await client.sendEdoc(another)).answer.status).toBe('OK');
});

interface FillableDisk extends Disk {
  /** Every write fails as on a full disk. */
  isFull: boolean;
  /** What the disk says it has; the reserve of a world is none. */
  freeBytes: number;
}

function fillableDisk(): FillableDisk {
  const disk: FillableDisk = {
    ...localDisk,
    isFull: false,
    freeBytes: 2 ** 50,
    createFile: async (path) => {
      const file = await localDisk.createFile(path);
      return {
        ...file,
        append: async (buffers) => {
          if (disk.isFull) throw Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' });
          await file.append(buffers);
        },
      };
    },
    space: async () => ({ freeBytes: disk.freeBytes, totalBytes: 2 ** 50 }),
  };
  return disk;
}

async function filesOf({ folder }: World): Promise<string[]> {
  const found = await readdir(join(folder, 'blobs'), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** A PostgreSQL of the test's own, that it may stop as an operator does. */
async function startStoppablePostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-bad-day-'));
  const start = () => startEmbedded({ folder, onNotice: () => undefined });
  let running = await start();
  await migrate(running.ownerUrl, migrations);
  await grantRoles(running.ownerUrl, running.loginName);
  const database = connect({ url: running.url });
  const test: TestDatabase = {
    database,
    ownerUrl: running.ownerUrl,
    url: running.url,
    async drop() {
      await database.close();
      await running.stop();
      await rm(running.home, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
  return {
    test,
    stop: () => running.stop(),
    async start() {
      running = await start();
    },
  };
}
