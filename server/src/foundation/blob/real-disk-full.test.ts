/** On a small disk of its own that really runs full; where no such disk can be mounted (not root, not Linux) it is skipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createSecretBox } from '#foundation/secrets';
import { createBlobStore } from './blob-store.ts';
import type { BlobStore } from './blob-store.ts';

const mebibyte = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'lienthong-full-'));
const isMounted = mountSmallDisk();
afterAll(() => {
  if (isMounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
});

test.skipIf(!isMounted)(
  'a disk that somebody else fills refuses, keeps what it has, and goes on once it is freed',
  async () => {
    const store = await createBlobStore({
      folder: join(folder, 'blobs'),
      secrets: createSecretBox([randomBytes(32)]),
      pool: new Pool(),
      reserveBytes: 4 * mebibyte,
    });
    const content = randomBytes(10 * mebibyte);
    const kept = await put(store, content);
    await writeFile(join(folder, 'ballast'), Buffer.alloc(18 * mebibyte));

    // In the middle of an upload it is the disk that says so; before the next one, the gate.
    await expect(put(store, content)).rejects.toMatchObject({ code: 'blob.disk_full', kind: 'unavailable' });
    await expect
      .poll(() => refusalOf(store.requireRoomFor(mebibyte)), { timeout: 5_000 })
      .toBe('blob.disk_full');
    expect(await readdir(join(folder, 'blobs', 'incoming'))).toEqual([]);
    expect(Buffer.concat(await Array.fromAsync(store.open(kept))).equals(content)).toBe(true);

    await rm(join(folder, 'ballast'));
    await expect.poll(() => refusalOf(store.requireRoomFor(mebibyte)), { timeout: 5_000 }).toBeUndefined();
    const again = await put(store, content);
    expect(await store.inspect(again)).toBeUndefined();
  },
  30_000,
);

function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function put(store: BlobStore, content: Buffer) {
  const writer = store.create();
  for (let start = 0; start < content.length; start += mebibyte) {
    await writer.write(content.subarray(start, start + mebibyte));
  }
  return writer.finish();
}

async function refusalOf(work: Promise<void>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}
