import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-main-'));
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('a terminal that is gone keeps the server neither from serving nor from stopping in order', async () => {
  const server = start('first', { DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl });
  await once(server.stderr, 'data'); // the greeting
  server.stderr.destroy();
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
});

test('a database that belongs to another data folder is told as that', async () => {
  const server = start('second', { DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl });
  expect(await text(server.stderr)).toContain('belongs to another data folder');
});

test('a login that may not migrate is told which variable to set', async () => {
  const server = start('third', { DATABASE_URL: database.url });
  expect(await text(server.stderr)).toContain('Set DATABASE_MIGRATION_URL');
});

function start(name: string, env: Record<string, string>) {
  return spawn(process.execPath, [main, '--data', join(folder, name), '--port', '0'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
