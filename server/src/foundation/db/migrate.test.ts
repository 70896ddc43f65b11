import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { migrations } from '../../migrations.ts';
import { migrate, type MigrationSource } from './index.ts';

let database: TestDatabase;
let folder: string;
let sources: MigrationSource[];

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-migrate-'));
  sources = [...migrations, { module: 'next', folder }];
  return () => rm(folder, { recursive: true, force: true });
});
afterAll(() => database.drop());

test('a release of which one step fails leaves nothing of it, and the same steps go through once mended', async () => {
  await writeFile(join(folder, '1-first.sql'), 'create table public.first_step (id int)');
  await writeFile(join(folder, '2-second.sql'), 'create table public.second_step (id nonsense)');
  await expect(migrate(database.ownerUrl, sources)).rejects.toThrow('migration next/2-second.sql failed');
  expect(await tables()).toEqual([]);

  await writeFile(join(folder, '2-second.sql'), 'create table public.second_step (id int)');
  expect(await migrate(database.ownerUrl, sources)).toEqual(['next/1-first.sql', 'next/2-second.sql']);
  expect(await tables()).toEqual(['first_step', 'second_step']);
  expect(await migrate(database.ownerUrl, sources)).toEqual([]);
});

test('a database that a newer program has migrated is refused, with what is unknown of it', async () => {
  await expect(migrate(database.ownerUrl, migrations)).rejects.toMatchObject({
    code: 'database.newer',
    parameters: { migrations: ['next/1-first.sql', 'next/2-second.sql'] },
  });
});

test('a migration that was changed afterwards is refused', async () => {
  await writeFile(join(folder, '1-first.sql'), 'create table public.first_step (id bigint)');
  await writeFile(join(folder, '2-second.sql'), 'create table public.second_step (id int)');
  await expect(migrate(database.ownerUrl, sources)).rejects.toThrow('next/1-first.sql was changed');
});

async function tables(): Promise<string[]> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '_step$' order by relname`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
