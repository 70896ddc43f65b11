import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBucket } from '#foundation/s3';
import { logSigner, origin, testKey } from '../../../test/support/evidence.ts';
import { startS3Server } from '../../../test/support/s3-server.ts';
import type { S3Server } from '../../../test/support/s3-server.ts';
import { createBucketArchive } from './bucket-archive.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';
import { createJointArchive } from './joint-archive.ts';
import { createNoteSigner, type NoteSigner } from './note.ts';

let s3: S3Server;
let archive: CheckpointArchive;

beforeEach(async () => {
  s3 = await startS3Server();
  archive = createBucketArchive(createBucket(s3.address, { firstPauseMillis: 5 }));
});

afterEach(() => s3.stop());

const sign = (size: number, signer: NoteSigner = logSigner): string =>
  signCheckpoint({ size, root: sha256(String(size)) }, signer);

async function sizesIn(from: CheckpointArchive): Promise<(number | undefined)[]> {
  const records = await Array.fromAsync(from.records());
  return records.map(({ text }) => parseCheckpoint(text)?.size).sort((a, b) => (a ?? 0) - (b ?? 0));
}

test('the newest is the largest of its origin, in whatever order processes kept them', async () => {
  expect(await archive.newest(origin)).toBeUndefined();
  for (const size of [9, 100, 1_000_000, 99]) await archive.keep(sign(size));
  await archive.keep(sign(2_000_000, createNoteSigner('sandbox.invalid/other', testKey('log'))));
  expect(await archive.newest(origin)).toMatchObject({ origin, size: 1_000_000 });
  expect(await sizesIn(archive)).toEqual([9, 99, 100, 1_000_000, 2_000_000]);
});

test('more than are read at once are all read, and what was damaged hides no other', async () => {
  for (let size = 1; size <= 40; size++) await archive.keep(sign(size));
  const [newest] = [...s3.objects.keys()].sort();
  s3.objects.set(newest!, Buffer.from('not a checkpoint'));
  expect(await archive.newest(origin)).toMatchObject({ size: 39 });
  expect((await sizesIn(archive)).filter((size) => size !== undefined)).toHaveLength(39);
});

test('while the bucket is away nothing is said to be kept', async () => {
  await s3.away();
  await expect(archive.keep(sign(1))).rejects.toThrow(/S3 gave no answer/);
  await expect(archive.newest(origin)).rejects.toThrow(/S3 gave no answer/);
  await s3.back();
  await archive.keep(sign(1));
});

test('a folder and a bucket together keep in both and know the newest of either', async () => {
  const path = await mkdtemp(join(tmpdir(), 'lienthong-checkpoints-'));
  try {
    const folder = createFolderArchive(path);
    const both = createJointArchive([folder, archive]);
    await folder.keep(sign(7));
    expect(await both.newest(origin)).toMatchObject({ size: 7 });
    await archive.keep(sign(8));
    expect(await both.newest(origin)).toMatchObject({ size: 8 });
    await both.keep(sign(9));
    expect([await sizesIn(folder), await sizesIn(archive)]).toEqual([
      [7, 9],
      [8, 9],
    ]);
  } finally {
    await rm(path, { recursive: true });
  }
});
