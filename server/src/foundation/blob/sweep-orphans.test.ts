import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { createSecretBox } from '#foundation/secrets';
import { createPowerCutDisk } from '../../../test/support/power-cut-disk.ts';
import { createBlobStore } from './blob-store.ts';
import type { BlobId } from '#foundation/ids';
import type { PowerCutDisk } from '../../../test/support/power-cut-disk.ts';

const now = Temporal.Instant.from('2026-11-21T09:00:00Z');
const nothing: ReadonlySet<BlobId> = new Set();

test('files that no row refers to are removed once they are a day old, wherever they lie', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  const store = await storeOn(disk);
  const referenced = await place(disk, now.subtract({ hours: 50 }));
  const orphan = await place(disk, now.subtract({ hours: 50 }));
  const young = await place(disk, now.subtract({ hours: 2 }));
  const unfinished = await place(disk, now.subtract({ hours: 50 }), 'incoming');
  const uploading = await place(disk, now.subtract({ hours: 2 }), 'incoming');

  const report = await store.sweepOrphans({ now, isReferenced: async () => new Set([referenced]) });
  expect(report).toEqual({ examinedFiles: 2, removedFiles: 2, isComplete: true });
  expect(new Set(fileNames(disk))).toEqual(new Set([referenced, young, uploading]));
  expect([orphan, unfinished].some((id) => fileNames(disk).includes(id))).toBe(false);
});

test('folders that became empty go, and what is not a blob is left alone', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  const store = await storeOn(disk);
  const orphan = await place(disk, now.subtract({ hours: 50 }));
  const withStranger = await place(disk, now.subtract({ hours: 90 }));
  await disk.createFile(`/blobs/${folderOf(withStranger)}/README`);
  await disk.makeFolder('/blobs/lost+found');
  await store.sweepOrphans({ now, isReferenced: async () => nothing });
  expect(fileNames(disk)).toEqual(['README']);
  expect(await disk.list('/blobs')).not.toContain(folderOf(orphan));
});

test('a call does bounded work, and the next one goes on where it stopped, newest first', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  const store = await storeOn(disk);
  const ids: BlobId[] = [];
  for (let hours = 30; hours < 40; hours++) ids.push(await place(disk, now.subtract({ hours })));
  const asked: BlobId[] = [];
  const isReferenced = async (some: readonly BlobId[]) => (asked.push(...some), new Set(some));
  expect(await store.sweepOrphans({ now, isReferenced, limit: 4 })).toMatchObject({
    examinedFiles: 4,
    isComplete: false,
  });
  expect(await store.sweepOrphans({ now, isReferenced, limit: 4 })).toMatchObject({
    examinedFiles: 4,
    isComplete: false,
  });
  expect(await store.sweepOrphans({ now, isReferenced, limit: 4 })).toMatchObject({
    examinedFiles: 2,
    isComplete: true,
  });
  expect(asked).toEqual(ids);
  expect(await store.sweepOrphans({ now, isReferenced, limit: 4 })).toMatchObject({
    examinedFiles: 4,
    isComplete: false,
  });
});

test('references are asked for at most 500 at a time', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  const store = await storeOn(disk);
  for (let count = 0; count < 501; count++) await place(disk, now.subtract({ hours: 30 }));
  const questions: number[] = [];
  const isReferenced = async (some: readonly BlobId[]) => (questions.push(some.length), new Set(some));
  await store.sweepOrphans({ now, isReferenced });
  expect(questions).toEqual([500, 1]);
});

async function storeOn(disk: PowerCutDisk) {
  const secrets = createSecretBox([randomBytes(32)]);
  return createBlobStore({ folder: '/blobs', secrets, pool: new Pool(), disk });
}

/** Puts a file where a blob that began at that time would lie. */
async function place(disk: PowerCutDisk, at: Temporal.Instant, folder?: string): Promise<BlobId> {
  const time = at.epochMilliseconds.toString(16).padStart(12, '0');
  const rest = randomBytes(10).toString('hex');
  const id =
    `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}` as BlobId;
  const path = `/blobs/${folder ?? folderOf(id)}`;
  await disk.makeFolder(path);
  await disk.createFile(`${path}/${id}`);
  return id;
}

function folderOf(id: BlobId): string {
  return id.slice(0, 7);
}

function fileNames(disk: PowerCutDisk): string[] {
  return [...disk.files().keys()].map((path) => path.split('/').at(-1)!);
}
