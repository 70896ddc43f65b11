import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, orderNewPasswords, startEmbedded } from './index.ts';

// One cluster for the whole file, since each takes seconds to make: every test starts it and leaves it stopped.
let folder: string;
let home: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-embedded-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  if (home) await rm(home, { recursive: true, force: true });
});

async function start(notices: string[] = []): Promise<EmbeddedPostgres> {
  const postgres = await startEmbedded({ folder, onNotice: (text) => notices.push(text) });
  home = postgres.home;
  return postgres;
}

test('what was written is there after a stop and a start', async () => {
  const first = await start();
  await query(first.ownerUrl, 'create table kept (id int)');
  await query(first.ownerUrl, 'insert into kept values (1)');
  await first.stop();
  await expect(query(first.url, 'select 1')).rejects.toThrow();

  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await query(second.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
  await second.stop();
});

test('it is durable, checks its pages, sorts as Vietnamese and listens to no network', async () => {
  const postgres = await start();
  const names = ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses'];
  expect(
    await query(
      postgres.url,
      `select ${names.map((name) => `current_setting('${name}') as ${name}`).join()}`,
    ),
  ).toEqual([
    {
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      listen_addresses: '',
    },
  ]);
  const sorted = await query(
    postgres.url,
    `select word from unnest('{đá,dù,ăn,âm,an}'::text[]) as word order by word`,
  );
  expect(sorted.map((row) => row['word'])).toEqual(['an', 'ăn', 'âm', 'dù', 'đá']);
  await postgres.stop();
});

test('the login of the server and the owner are no superusers, and a wrong password is refused', async () => {
  const postgres = await start();
  for (const url of [postgres.url, postgres.ownerUrl]) {
    expect(await query(url, `select current_setting('is_superuser') as super`)).toEqual([{ super: 'off' }]);
  }
  const wrong = new URL(postgres.url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  await postgres.stop();
});

test('new passwords wait for the next start, which changes all of them; the former ones are refused', async () => {
  const first = await start();
  await orderNewPasswords(folder);
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  const ordered = await readFile(join(folder, 'keys', 'postgresql.json'), 'utf8');
  await orderNewPasswords(folder);
  expect(await readFile(join(folder, 'keys', 'postgresql.json'), 'utf8')).toBe(ordered);
  await first.stop();

  const second = await start();
  for (const name of ['url', 'ownerUrl', 'superuserUrl'] as const) {
    expect(await query(second[name], 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(query(first[name], 'select 1')).rejects.toThrow(/password authentication failed/);
  }
  await second.stop();

  // Interrupted after the roles had changed and before the file had: the next start finds them changed.
  await writeFile(join(folder, 'keys', 'postgresql.json'), ordered);
  const third = await start();
  expect(third.url).toBe(second.url);
  expect(await query(third.superuserUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await third.stop();
  expect(await readFile(join(folder, 'keys', 'postgresql.json'), 'utf8')).not.toContain('next');
});

test('a second server on the same folder is refused and told who has it', async () => {
  const postgres = await start();
  await expect(start()).rejects.toMatchObject({
    code: 'embedded.folder_in_use',
    parameters: { processId: String(process.pid) },
  });
  await postgres.stop();
});

test('PostgreSQL that outlived a killed server is adopted', async () => {
  const left = await startInKilledServer();

  const notices: string[] = [];
  const postgres = await start(notices);
  expect(postgres).toMatchObject({ adopted: true, processId: left.processId, url: left.url });
  expect(notices).toContainEqual(expect.stringContaining('was still running'));
  await postgres.stop();
  await expect(readFile(join(postgres.home, 'cluster', 'postmaster.pid'))).rejects.toThrow('ENOENT');
});

test('PostgreSQL with other settings than now wanted is not adopted but started again', async () => {
  const left = await startInKilledServer();
  const postgres = await startEmbedded({ folder, settings: { work_mem: '5MB' }, onNotice: () => undefined });
  expect(postgres.adopted).toBe(false);
  expect(postgres.processId).not.toBe(left.processId);
  expect(await query(postgres.url, 'show work_mem')).toEqual([{ work_mem: '5MB' }]);
  await postgres.stop();
});

test('PostgreSQL that is killed while the server runs comes back by itself, with what was committed', async () => {
  const notices: string[] = [];
  const postgres = await start(notices);
  const before = postgres.processId;
  await query(postgres.ownerUrl, 'create table survivor as select 1 as id');
  process.kill(before, 'SIGKILL');

  const rows = await eventually(
    () => query(postgres.ownerUrl, 'select id from survivor'),
    () => postgres.processId !== before,
  );
  expect(rows).toEqual([{ id: 1 }]);
  expect(notices).toContainEqual(expect.stringContaining('ended by itself'));
  await postgres.stop();
});

test('after server and PostgreSQL were killed, a start recovers, even where another process got the same id', async () => {
  const left = await startInKilledServer();
  await query(left.ownerUrl, 'create table recovered as select 1 as id');
  process.kill(left.processId, 'SIGKILL');
  const pidFile = join(left.home, 'cluster', 'postmaster.pid');
  const { uid, gid } = await stat(pidFile);
  const namesake = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
  await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(namesake.pid)));

  const postgres = await start();
  expect(postgres.adopted).toBe(false);
  expect(await query(postgres.ownerUrl, 'select id from recovered')).toEqual([{ id: 1 }]);
  await postgres.stop();
  namesake.kill();
});

test('a cluster that vanished is not silently replaced by an empty one', async () => {
  const cluster = join(home!, 'cluster');
  await rename(cluster, `${cluster}.away`);
  await expect(start()).rejects.toMatchObject({ code: 'embedded.cluster_missing' });
  await rename(`${cluster}.away`, cluster);
  await (await start()).stop();
});

test('a first start that was interrupted is begun again', async () => {
  const other = await mkdtemp(join(tmpdir(), 'lienthong-embedded-'));
  const interrupted = spawn(process.execPath, [fixture, other], { stdio: ['ignore', 'pipe', 'inherit'] });
  await sleep(500);
  interrupted.kill('SIGKILL');
  await once(interrupted, 'exit');

  const postgres = await startEmbedded({ folder: other, onNotice: () => undefined });
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
  await rm(postgres.home, { recursive: true, force: true });
  await rm(other, { recursive: true, force: true });
});

const fixture = fileURLToPath(new URL('start-and-wait.fixture.ts', import.meta.url));

interface Left {
  readonly processId: number;
  readonly url: string;
  readonly ownerUrl: string;
  readonly home: string;
}

/** What a server leaves behind that is killed: a running PostgreSQL. */
async function startInKilledServer(): Promise<Left> {
  const server = spawn(process.execPath, [fixture, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  server.kill('SIGKILL');
  await once(server, 'exit');
  return JSON.parse(String(line)) as Left;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function eventually<Result>(attempt: () => Promise<Result>, isTime: () => boolean): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      const result = await attempt();
      if (isTime()) return result;
    } catch (error) {
      if (tries > 100) throw error;
    }
    await sleep(100);
  }
}
