import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { createSecretBox } from '#foundation/secrets';
import { createPowerCutDisk } from '../../../test/support/power-cut-disk.ts';
import { BlobDamaged, keyContext } from './blob.ts';
import { createBlobStore } from './blob-store.ts';
import type { SecretBox } from '#foundation/secrets';
import type { BlobStore } from './blob-store.ts';
import type { Disk } from './disk.ts';
import type { BlobId } from '#foundation/ids';

// Sizes around the edges of a chunk; all of them become files.
const sizes = fc.oneof(
  fc.integer({ min: 65_537, max: 400_000 }),
  fc.constantFrom(65_537, 131_072, 131_073, 196_608),
);

test('what was acknowledged before a power cut is readable after it, and nothing is half readable', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sizes, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer(),
      async (sizesBytes, cutBefore, seed) => {
        const outcome = await storeUntilPowerCut({ sizesBytes, cutBefore, seed });
        expect(outcome.lost).toEqual([]);
        expect(outcome.halfReadable).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test.each([
  ['file contents', forgetDatasync],
  ['names in folders', forgetSyncFolder],
])('the test itself notices a store that does not flush %s', async (_what, forgetful) => {
  let lostCount = 0;
  for (let seed = 0; seed < 60 && lostCount === 0; seed++) {
    const outcome = await storeUntilPowerCut({
      sizesBytes: [70_000, 140_000, 300_000],
      cutBefore: 1_000,
      seed,
      forgetful,
    });
    lostCount += outcome.lost.length;
  }
  expect(lostCount).toBeGreaterThan(0);
});

test('after a power cut the sweep leaves only what is referred to', async () => {
  const later = Temporal.Now.instant().add({ hours: 48 });
  for (let seed = 0; seed < 30; seed++) {
    const outcome = await storeUntilPowerCut({
      sizesBytes: [70_000, 140_000, 300_000],
      cutBefore: 12 + seed,
      seed,
    });
    const acknowledged = new Set(outcome.acknowledged);
    await outcome.store.sweepOrphans({ now: later, isReferenced: async () => acknowledged });
    const left = [...outcome.disk.files().keys()].map((path) => path.split('/').at(-1));
    expect(new Set(left)).toEqual(acknowledged);
  }
});

interface Scenario {
  readonly sizesBytes: readonly number[];
  readonly cutBefore: number;
  readonly seed: number;
  readonly forgetful?: (disk: Disk) => Disk;
}

async function storeUntilPowerCut({ sizesBytes, cutBefore, seed, forgetful }: Scenario) {
  const disk = createPowerCutDisk({ seed });
  const { secrets, keys } = rememberingBox();
  const options = { folder: '/srv/blobs', secrets, pool: new Pool(), reserveBytes: 0 };
  const store = await createBlobStore({ ...options, disk: forgetful ? forgetful(disk) : disk });
  disk.cutBefore(disk.operationCount + cutBefore);

  const contents = sizesBytes.map((sizeBytes) => randomBytes(sizeBytes));
  const stored = await Promise.allSettled(contents.map((content) => put(store, content)));

  const survivor = disk.restart();
  const reopened = await createBlobStore({ ...options, disk: survivor });
  const acknowledged: BlobId[] = [];
  const lost: BlobId[] = [];
  for (const [index, outcome] of stored.entries()) {
    if (outcome.status === 'rejected') continue;
    acknowledged.push(outcome.value.id);
    const read = await readAll(reopened, outcome.value);
    if (read === undefined || !read.equals(contents[index]!)) lost.push(outcome.value.id);
  }
  // Whatever the size a damaged reference claims, a blob gives all of its content or fails.
  const halfReadable: BlobId[] = [];
  for (const [id, key] of keys) {
    for (const content of contents) {
      const read = await readAll(reopened, { id, key, sizeBytes: content.length });
      if (read && !contents.some((whole) => whole.equals(read))) halfReadable.push(id);
    }
  }
  return { acknowledged, lost, halfReadable, store: reopened, disk: survivor };
}

async function put(store: BlobStore, content: Buffer) {
  const writer = store.create();
  for (let start = 0; start < content.length; start += 50_000) {
    await writer.write(content.subarray(start, start + 50_000));
  }
  return writer.finish();
}

async function readAll(store: BlobStore, reference: { id: BlobId; sizeBytes: number; key: Buffer }) {
  try {
    return Buffer.concat(await Array.fromAsync(store.open(reference)));
  } catch (error) {
    if (error instanceof BlobDamaged) return undefined;
    throw error;
  }
}

/** Keeps the key of every blob that was begun, also of those whose writer never heard that they were stored. */
function rememberingBox(): { secrets: SecretBox; keys: Map<BlobId, Buffer> } {
  const box = createSecretBox([randomBytes(32)]);
  const keys = new Map<BlobId, Buffer>();
  return {
    keys,
    secrets: {
      ...box,
      seal(plain, context) {
        const sealed = box.seal(plain, context);
        keys.set(context.slice(keyContext('' as BlobId).length) as BlobId, sealed);
        return sealed;
      },
    },
  };
}

function forgetDatasync(disk: Disk): Disk {
  return {
    ...disk,
    createFile: async (path) => ({ ...(await disk.createFile(path)), datasync: async () => undefined }),
  };
}

function forgetSyncFolder(disk: Disk): Disk {
  return { ...disk, syncFolder: async () => undefined };
}
