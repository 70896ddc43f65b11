import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type App, type AppParts, serve } from './serve.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-serve-'));
});

afterAll(async () => {
  const instance = await readFile(join(folder, 'instance'), 'utf8').catch(() => undefined);
  if (instance) await rm(join('/var/lib/lienthong', instance.trim()), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

let coldStartMillis: number;

test('a sandbox starts with its own database, says where it is, finishes what runs and leaves nothing behind', async () => {
  const startedAt = performance.now();
  const server = await start(['--data', folder]);
  coldStartMillis = performance.now() - startedAt;
  expect(server.said()).toContain(`Liên Thông: ${server.baseUrl}`);
  expect(server.said()).toContain('npx lienthong');

  const slow = fetch(`${server.baseUrl}/slow`).then((response) => response.text());
  await sleep(50);
  server.stop.abort();
  expect(await slow).toBe('lt_app');
  expect(await server.exitCode).toBe(0);
  await expect(fetch(server.baseUrl)).rejects.toThrow();
});

test('a warm start makes nothing anew, and is quicker than the first', async () => {
  const startedAt = performance.now();
  const server = await start(['--data', folder]);
  expect(performance.now() - startedAt).toBeLessThan(coldStartMillis);
  server.stop.abort();
  expect(await server.exitCode).toBe(0);
});

test('asked to stop while it starts, it stops without serving', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(
    await serve({ argv: ['--data', folder], env: {}, createApp, stop: stop.signal, say: () => undefined }),
  ).toBe(0);
});

test('any PostgreSQL will do, with one login for all or one for migrations', async () => {
  const postgres = inject('testPostgres');
  const admin = new Client({ connectionString: postgres.superuserUrl });
  await admin.connect();
  await admin.query(`create role outside_owner login createrole password 'x'`);
  await admin.query(`create role outside_login login noinherit password 'x'`);
  await admin.query(`grant lt_app, lt_ingest, lt_sequencer to outside_owner with admin option`);
  await admin.query(`create database outside owner outside_owner`);
  const url = (user: string): string => {
    const changed = new URL(postgres.superuserUrl);
    Object.assign(changed, { username: user, password: 'x', pathname: 'outside' });
    return changed.href;
  };
  const two = { DATABASE_URL: url('outside_login'), DATABASE_MIGRATION_URL: url('outside_owner') };
  const one = { DATABASE_URL: url('outside_owner') };
  const data = join(folder, 'outside');
  for (const env of [two, one]) {
    const server = await start(['--data', data], env);
    expect(await (await fetch(server.baseUrl)).text()).toBe('lt_app');
    server.stop.abort();
    expect(await server.exitCode).toBe(0);
  }
  // What was served from outside does not begin anew with an empty database of its own.
  await expect(start(['--data', data])).rejects.toThrow('thiếu DATABASE_URL');
  await admin.query('drop database outside with (force)');
  await admin.end();
});

test('what keeps it from starting is told in sentences, and the database is stopped again', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const said: string[] = [];
  const run = (argv: string[], env = {}) =>
    serve({ argv, env, createApp, stop: new AbortController().signal, say: (text) => said.push(text) });

  expect(await run(['--data', folder, '--port', String(port)])).toBe(1);
  expect(said.at(-1)).toContain(`npm start -- --data ${folder} --port ${port + 1}`);
  expect(await run(['--data', folder, '--production'])).toBe(1);
  expect(said.at(-1)).toContain('LIENTHONG_ORIGIN');
  expect(
    await run(['--data', join(folder, 'other')], { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c' }),
  ).toBe(1);
  expect(said.at(-1)).toContain('database.unreachable');

  taken.close();
  const server = await start(['--data', folder]); // the folder's lock is free again
  server.stop.abort();
  expect(await server.exitCode).toBe(0);
});

async function start(argv: string[], env: Record<string, string> = {}) {
  const said: string[] = [];
  const stop = new AbortController();
  const listening = Promise.withResolvers<string>();
  const exitCode = serve({
    argv: ['--port', '0', ...argv],
    env,
    stop: stop.signal,
    // The greeting comes when everything serves.
    say: (text) => {
      said.push(text);
      const baseUrl = /Liên Thông: (\S+)/.exec(text)?.[1];
      if (baseUrl) listening.resolve(baseUrl);
    },
    createApp,
  });
  const baseUrl = await Promise.race([
    listening.promise,
    exitCode.then(() => {
      throw new Error(said.join('\n'));
    }),
  ]);
  return { baseUrl, stop, exitCode, said: () => said.join('\n') };
}

/** An application that answers with its database role, slowly where asked. */
async function createApp({ config, database }: AppParts): Promise<App> {
  const server = createServer((request, response) => {
    const seconds = request.url === '/slow' ? 0.5 : 0;
    void database.app
      .query<{ role: string }>('select current_user as role from pg_sleep($1)', [seconds])
      .then(({ rows }) => response.end(rows[0]?.role));
  });
  return {
    listen: async () => {
      server.listen(config.port, config.host);
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
