import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasOperator } from '#directory';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { runTyped } from '../testing/run-typed.ts';

let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-init-'));
  environment = { DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl };
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

test('init makes the keys, closed to others, and an operator whose secret is shown once', async () => {
  const data = join(folder, 'production');
  const first = await runTyped(['init', '--data', data, '--json'], { environment });
  expect(first.stderr).toBe('');
  const made = JSON.parse(first.stdout);
  expect(made.operator).toEqual({ id: 'operator', secret: expect.stringMatching(/^[\w-]{43}$/) });
  expect(made.remaining.map(({ name }: { name: string }) => name)).toEqual([
    'LIENTHONG_ORIGIN',
    'LIENTHONG_TLS_CERT_FILE',
  ]);
  expect(await hasOperator({ database: database.database }, 'operator')).toBe(true);
  const masterKey = join(data, 'keys', 'master.key');
  expect(made.keysMade).toContain(masterKey);
  expect((await stat(masterKey)).mode & 0o777).toBe(0o600);

  const before = await readFile(masterKey);
  const second = JSON.parse((await runTyped(['init', '--data', data, '--json'], { environment })).stdout);
  expect(second).toMatchObject({ keysMade: [], operator: { id: 'operator', secret: null } });
  expect((await readFile(masterKey)).equals(before)).toBe(true);
});

test('init makes no other root key while the one that signed the trust file is kept elsewhere', async () => {
  const data = join(folder, 'root-offline');
  await runTyped(['init', '--data', data], { environment });
  await rm(join(data, 'keys', 'root.key'));
  await writeFile(join(data, 'trust.json'), '{}');
  const again = JSON.parse((await runTyped(['init', '--data', data, '--json'], { environment })).stdout);
  expect(again.keysMade).toEqual([]);
});

test('init never makes a production of the folder of a sandbox', async () => {
  const data = join(folder, 'sandbox');
  await mkdir(data);
  await writeFile(join(data, 'purpose'), 'sandbox\n');
  const { exitCode, stderr } = await runTyped(['init', '--data', data, '--lang', 'en'], { environment });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('belongs to a sandbox');
});

test('doctor names a secret that others can read, and what to do', async () => {
  const data = join(folder, 'sick');
  await mkdir(join(data, 'keys'), { recursive: true });
  await writeFile(join(data, 'keys', 'master.key'), 'x');
  await chmod(join(data, 'keys', 'master.key'), 0o644);
  const { exitCode, stdout } = await runTyped(['doctor', '--data', data, '--json'], { environment });
  const { findings } = JSON.parse(stdout);
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: 'secrets',
      state: 'wrong',
      remedy: expect.stringContaining('chmod 600'),
    }),
  );
  expect(findings).toContainEqual(expect.objectContaining({ check: 'database' }));
  expect(exitCode).toBe(3);
});

test('doctor of a folder that is not there says so and touches nothing', async () => {
  const data = join(folder, 'nowhere');
  const { exitCode, stdout } = await runTyped(['doctor', '--data', data], { environment });
  expect(exitCode).toBe(3);
  expect(stdout).toContain(data);
  await expect(stat(data)).rejects.toThrow('ENOENT');
});

test('where DATABASE_URL is forgotten, neither init nor doctor goes on with another database', async () => {
  const data = join(folder, 'forgotten');
  await runTyped(['init', '--data', data], { environment });
  for (const command of ['init', 'doctor']) {
    const { exitCode, stderr } = await runTyped([command, '--data', data, '--lang', 'en'], {});
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DATABASE_URL is missing');
  }
});

test('doctor makes no database where there is none yet', async () => {
  const data = join(folder, 'empty');
  await mkdir(data);
  const { exitCode, stderr } = await runTyped(['doctor', '--data', data, '--lang', 'en'], {});
  expect(exitCode).toBe(3);
  expect(stderr).toContain('no embedded database yet');
  expect(await readdir(data)).toEqual([]);
});
