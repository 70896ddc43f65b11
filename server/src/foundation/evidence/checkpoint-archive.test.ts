import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logSigner, origin, testKey } from '../../../test/support/evidence.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';
import { createNoteSigner, type NoteSigner } from './note.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-checkpoints-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const sign = (size: number, signer: NoteSigner = logSigner): string =>
  signCheckpoint({ size, root: sha256(String(size)) }, signer);

test('an archive that was never used has no newest checkpoint', async () => {
  expect(await createFolderArchive(join(folder, 'not made yet')).newest(origin)).toBeUndefined();
});

test('the newest is the largest of its origin, over days and processes', async () => {
  const days = ['2026-11-21T23:59:59Z', '2026-11-22T00:00:00Z'].map((now) =>
    createFolderArchive(folder, { now: () => Temporal.Instant.from(now) }),
  );
  const [late, next] = days as [(typeof days)[0], (typeof days)[0]];
  await Promise.all([1, 2, 3].map((size) => late.keep(sign(size))));
  await next.keep(sign(4));
  // A process whose clock is behind still writes to the day before.
  await late.keep(sign(5));
  await next.keep(sign(9, createNoteSigner('sandbox.invalid/other', testKey('log'))));
  expect(await next.newest(origin)).toMatchObject({ origin, size: 5, root: sha256('5') });
  expect(await next.newest('elsewhere.example')).toBeUndefined();
  expect(await readdir(folder)).toEqual(['2026-11-21.checkpoints', '2026-11-22.checkpoints']);
});

test('only the end of a long day is read, and its first, cut record is left out', async () => {
  const archive = createFolderArchive(folder);
  for (let size = 1; size <= 100; size++) await archive.keep(sign(size));
  const [name] = await readdir(folder);
  expect((await stat(join(folder, name!))).size).toBeGreaterThan(16 * 1024);
  expect(await archive.newest(origin)).toMatchObject({ size: 100 });
});

test('a record that a power cut tore does not hide those before and after it', async () => {
  const archive = createFolderArchive(folder);
  for (const size of [1, 2, 3]) await archive.keep(sign(size));
  const [name] = await readdir(folder);
  for (const cut of [30, 60, 90]) {
    await appendFile(join(folder, name!), sign(4).slice(0, cut));
    expect(await archive.newest(origin)).toMatchObject({ size: 3 });
    await createFolderArchive(folder).keep(sign(3));
  }
  await archive.keep(sign(5));
  const sizes: (number | undefined)[] = [];
  for await (const { text } of archive.records()) sizes.push(parseCheckpoint(text)?.size);
  expect(sizes.filter((size) => size !== undefined)).toEqual([1, 2, 3, 3, 3, 3, 5]);
  expect(sizes.filter((size) => size === undefined)).toHaveLength(3);
});
