import { expect, test } from 'vitest';
import { createPowerCutDisk } from '../../../test/support/power-cut-disk.ts';
import { createFolderSync } from './folder-sync.ts';
import type { Disk } from './disk.ts';

test('one flush serves all who came before it began; who comes while it runs waits for the next', async () => {
  const { disk, begun, letEnd } = slowDisk();
  const folders = createFolderSync(disk);
  const first = [folders.sync('/a'), folders.sync('/a'), folders.sync('/a')];
  await turns();
  const second = [folders.sync('/a'), folders.sync('/a')];
  await turns();
  expect(begun).toEqual(['/a']);
  letEnd();
  await Promise.all(first);
  await turns();
  expect(begun).toEqual(['/a', '/a']);
  letEnd();
  await Promise.all(second);
});

test('flushes of different folders do not wait for each other', async () => {
  const { disk, begun } = slowDisk();
  const folders = createFolderSync(disk);
  void folders.sync('/a');
  void folders.sync('/b');
  await turns();
  expect(begun).toEqual(['/a', '/b']);
});

test('a failed flush fails those who waited for it and nobody after', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  await disk.makeFolder('/a');
  let isFailing = true;
  const folders = createFolderSync({
    ...disk,
    syncFolder: async (path) => (isFailing ? Promise.reject(new Error('EIO')) : disk.syncFolder(path)),
  });
  const failed = Promise.allSettled([folders.sync('/a'), folders.sync('/a')]);
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isFailing = false;
  await folders.sync('/a');
});

test('a folder that could not be made is tried again', async () => {
  const disk = createPowerCutDisk({ seed: 1 });
  let isFailing = true;
  const folders = createFolderSync({
    ...disk,
    makeFolder: async (path) => (isFailing ? Promise.reject(new Error('EIO')) : disk.makeFolder(path)),
  });
  await expect(folders.ensure('/a')).rejects.toThrow('EIO');
  isFailing = false;
  await folders.ensure('/a');
  expect(await disk.list('/')).toEqual(['a']);
});

function slowDisk() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const disk: Disk = {
    ...createPowerCutDisk({ seed: 1 }),
    syncFolder: (path) => {
      begun.push(path);
      return new Promise((resolve) => void ends.push(resolve));
    },
  };
  return { disk, begun, letEnd: () => ends.shift()!() };
}

async function turns(): Promise<void> {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setImmediate(resolve));
}
