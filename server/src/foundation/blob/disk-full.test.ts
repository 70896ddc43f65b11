import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { createSecretBox } from '#foundation/secrets';
import { createPowerCutDisk } from '../../../test/support/power-cut-disk.ts';
import { createBlobStore } from './blob-store.ts';
import { createDiskGate } from './disk-gate.ts';
import type { BlobStore } from './blob-store.ts';
import type { Disk } from './disk.ts';

const capacityBytes = 1_000_000;

test('a full disk refuses the document, removes what was written of it, and keeps the others', async () => {
  const disk = createPowerCutDisk({ seed: 1, capacityBytes });
  const store = await storeOn(disk);
  const kept = await put(store, 600_000);
  await expect(put(store, 700_000)).rejects.toMatchObject({
    name: 'Refusal',
    code: 'blob.disk_full',
    kind: 'unavailable',
  });
  expect([...disk.files().keys()].map((path) => path.split('/').at(-1))).toEqual([kept.id]);
  await put(store, 300_000);
});

test('an upload that the disk failed learns it while it is still writing', async () => {
  const store = await storeOn(createPowerCutDisk({ seed: 2, capacityBytes }));
  const writer = store.create();
  let writtenBytes = 0;
  const upload = async () => {
    for (; writtenBytes < 50_000_000; writtenBytes += 65_536) await writer.write(randomBytes(65_536));
  };
  await expect(upload()).rejects.toMatchObject({ code: 'blob.disk_full' });
  expect(writtenBytes).toBeLessThan(4_000_000);
  await expect(writer.finish()).rejects.toMatchObject({ code: 'blob.disk_full' });
  await writer.discard();
});

test('whoever writes faster than the disk is asked to wait before a megabyte is waiting', async () => {
  const disk = createPowerCutDisk({ seed: 3 });
  const { promise: diskIsFree, resolve: freeDisk } = Promise.withResolvers<void>();
  const store = await storeOn({
    ...disk,
    createFile: async (path) => (await diskIsFree, disk.createFile(path)),
  });
  const writer = store.create();
  let writtenBytes = 0;
  let pressure: void | Promise<void> = undefined;
  while (!pressure && writtenBytes < 10_000_000) {
    pressure = writer.write(randomBytes(65_536));
    writtenBytes += 65_536;
  }
  expect(writtenBytes).toBeLessThan(1_000_000);
  freeDisk();
  await pressure;
  expect((await writer.finish()).sizeBytes).toBe(writtenBytes);
});

test('other trouble of the disk is not a refusal, and names the blob', async () => {
  const disk = createPowerCutDisk({ seed: 4 });
  const store = await storeOn({ ...disk, rename: async () => Promise.reject(new Error('EIO')) });
  await expect(put(store, 100_000)).rejects.toThrow(/^blob [0-9a-f-]{36} could not be written$/);
  expect(disk.files().size).toBe(0);
});

test('a flush of the folder that fails is not acknowledged', async () => {
  const disk = createPowerCutDisk({ seed: 5 });
  let isFailing = false;
  const store = await storeOn({
    ...disk,
    syncFolder: async (path) => (isFailing ? Promise.reject(new Error('EIO')) : disk.syncFolder(path)),
  });
  await put(store, 100_000);
  isFailing = true;
  await expect(put(store, 100_000)).rejects.toThrow(/could not be written/);
  isFailing = false;
  await put(store, 100_000);
  expect(disk.files().size).toBe(2);
});

test('room is what is free beyond the reserve, and is promised once', async () => {
  const disk = createPowerCutDisk({ seed: 6, capacityBytes });
  const gate = createDiskGate({ disk, folder: '/', reserveBytes: 400_000 });
  expect(await gate.hasRoomFor(600_001)).toBe(false);
  expect(await gate.hasRoomFor(500_000)).toBe(true);
  expect(await gate.hasRoomFor(100_001)).toBe(false);
  expect(await gate.hasRoomFor(100_000)).toBe(true);
});

test('without room a body is refused before it is read', async () => {
  const store = await storeOn(createPowerCutDisk({ seed: 7, capacityBytes }), 990_000);
  await store.requireRoomFor(5_000);
  await expect(store.requireRoomFor(20_000)).rejects.toMatchObject({ code: 'blob.disk_full' });
});

test('by default a gigabyte or a fiftieth of the disk stays free', async () => {
  const gibibyte = 1024 ** 3;
  const disk = createPowerCutDisk({ seed: 8, capacityBytes: 10 * gibibyte });
  const gate = createDiskGate({ disk, folder: '/' });
  expect(await gate.hasRoomFor(9 * gibibyte + 1)).toBe(false);
  expect(await gate.hasRoomFor(9 * gibibyte)).toBe(true);
});

async function storeOn(disk: Disk, reserveBytes = 0): Promise<BlobStore> {
  const secrets = createSecretBox([randomBytes(32)]);
  return createBlobStore({ folder: '/blobs', secrets, pool: new Pool(), disk, reserveBytes });
}

async function put(store: BlobStore, sizeBytes: number) {
  const writer = store.create();
  await writer.write(randomBytes(sizeBytes));
  return writer.finish();
}
