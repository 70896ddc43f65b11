import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTyped } from '../testing/run-typed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const rotate = (environment: Record<string, string> = {}) =>
  runTyped(['keys', 'rotate', 'database', '--data', folder], { environment });

test('new passwords of the embedded database are written beside the present ones, and a restart is asked for', async () => {
  const present = { superuser: 'a', owner: 'b', login: 'c', clusterMade: true };
  const file = join(folder, 'keys', 'postgresql.json');
  await mkdir(join(folder, 'keys'));
  await writeFile(file, JSON.stringify(present));
  const { exitCode, stdout } = await rotate();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('khởi động lại');
  const { next, ...kept } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  expect(kept).toEqual(present);
  expect(new Set(Object.values(next as Record<string, string>)).size).toBe(3);
  for (const password of Object.values(next as Record<string, string>))
    expect(stdout).not.toContain(password);

  expect((await rotate({ DATABASE_URL: 'postgresql://db.invalid/lienthong' })).exitCode).toBe(2);
});

test('without an embedded database there is nothing to rotate, and the page that tells how is named', async () => {
  const { exitCode, stderr } = await rotate();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('rotate-keys.md');
});
