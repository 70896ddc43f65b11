import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBucket } from '#foundation/s3';
import { createSecretBox } from '#foundation/secrets';
import { createTestDatabase } from '../../../test/support/database.ts';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { createBlobStore } from './blob-store.ts';
import { partBytes } from './incoming-object.ts';
import type { BlobId } from '#foundation/ids';
import type { TestDatabase } from '../../../test/support/database.ts';
import type { S3Server } from '../../../test/support/s3-server.ts';
import type { BlobReference } from './blob.ts';
import type { BlobStore } from './blob-store.ts';

const secrets = createSecretBox([randomBytes(32)]);
let s3: S3Server;
let folder: string;
let store: BlobStore;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

beforeEach(async () => {
  s3 = await startS3Server();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-bucket-'));
  store = await openStore();
});

afterEach(async () => {
  await s3.stop();
  await rm(folder, { recursive: true });
});

async function openStore(): Promise<BlobStore> {
  const bucket = createBucket(s3.address, { firstPauseMillis: 5, idleMillis: 300 });
  return createBlobStore({ folder, secrets, pool: database.database.app, reserveBytes: 0, bucket });
}

test('a letter becomes one object, under the name that its file would have, and nothing stays on the disk', async () => {
  const content = randomBytes(300_000);
  const blob = await put(content);
  expect(blob.digest).toEqual(hash('sha256', content, 'buffer'));
  expect(blobKeys()).toEqual([`blobs/${blob.id.slice(0, 7)}/${blob.id}`]);
  expect(s3.objects.get(blobKeys()[0]!)!.includes(content.subarray(0, 100))).toBe(false);
  expect((await readAll(blob)).equals(content)).toBe(true);
  expect(await files()).toEqual([]);
  expect(await store.inspect(blob)).toBeUndefined();
});

test('a large package goes in parts that are on their way before it has ended', async () => {
  const content = randomBytes(2 * partBytes + 1_000_000);
  const writer = store.create();
  await writer.write(content.subarray(0, partBytes + 300_000));
  await expect.poll(() => s3.asked.some((what) => what.endsWith('part 1'))).toBe(true);
  await writer.write(content.subarray(partBytes + 300_000));
  const blob = await writer.finish();
  expect(
    s3.asked
      .filter((what) => / part \d$/.test(what))
      .map((what) => what.slice(-1))
      .sort(),
  ).toEqual(['1', '2', '3']);
  expect((await readAll(blob)).equals(content)).toBe(true);
  expect(s3.uploads.size).toBe(0);
  expect(await files()).toEqual([]);
});

test.each([partBytes - 1, partBytes, partBytes + 1, 2 * partBytes])(
  'a content of %i bytes, around the edges of a part, is read back as it was',
  async (sizeBytes) => {
    const content = randomBytes(sizeBytes);
    expect((await readAll(await put(content))).equals(content)).toBe(true);
  },
);

test('any part of a content is read without the rest of it', async () => {
  const content = randomBytes(1_000_000);
  const blob = await put(content);
  await fc.assert(
    fc.asyncProperty(fc.nat(content.length), fc.nat(content.length), async (one, other) => {
      const range = { startBytes: Math.min(one, other), endBytes: Math.max(one, other) };
      const read = Buffer.concat(await Array.fromAsync(store.open(blob, range)));
      expect(read.equals(content.subarray(range.startBytes, range.endBytes))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('a bucket on a bad day', () => {
  test.each([
    ['is busy', { answer: 503, code: 'SlowDown' }],
    ['fails', { answer: 500, code: 'InternalError' }],
    ['cuts the connection in the middle of the body', { cutAfterBytes: 100_000 }],
    ['does it and cuts the connection before it says so', { loseAnswer: true as const }],
    ['says nothing', { hang: true as const }],
  ])('that %s is asked again, for each request of an upload', async (_what, fault) => {
    const failed = new Set<string>();
    s3.misbehave = (what) => {
      if (failed.has(what) || what.startsWith('GET')) return undefined;
      failed.add(what);
      return fault;
    };
    for (const sizeBytes of [300_000, partBytes + 5_000]) {
      const content = randomBytes(sizeBytes);
      expect((await readAll(await put(content))).equals(content)).toBe(true);
    }
    expect(failed.size).toBeGreaterThanOrEqual(5);
    expect(await files()).toEqual([]);
  });

  test('a read that is cut again and again goes on where it was, and ends when nothing comes any more', async () => {
    const content = randomBytes(2_000_000);
    const blob = await put(content);
    s3.misbehave = (what) => (what.startsWith('GET') ? { cutAfterBytes: 150_000 } : undefined);
    expect((await readAll(blob)).equals(content)).toBe(true);
    s3.misbehave = (what) => (what.startsWith('GET') ? { cutAfterBytes: 0 } : undefined);
    await expect(readAll(blob)).rejects.toThrow(/S3/);
  });

  test('a byte that it changed is found, and what was given out before is right', async () => {
    const content = randomBytes(500_000);
    const blob = await put(content);
    s3.misbehave = (what) => (what.startsWith('GET') ? { flipByte: 400_000 } : undefined);
    const given: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of store.open(blob)) given.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'blob.corrupt', blobId: blob.id });
    const right = Buffer.concat(given);
    expect(right.equals(content.subarray(0, right.length))).toBe(true);
    expect(await store.inspect(blob)).toMatchObject({ code: 'blob.corrupt' });
  });

  test('an object that is shorter, longer or gone is named as what it is', async () => {
    const blob = await put(randomBytes(500_000));
    const [key] = blobKeys() as [string];
    const sealed = s3.objects.get(key)!;
    for (const other of [
      sealed.subarray(1),
      sealed.subarray(0, 65_552),
      Buffer.concat([sealed, sealed]),
      Buffer.alloc(0),
    ]) {
      s3.objects.set(key, other);
      await expect(readAll(blob)).rejects.toMatchObject({ code: 'blob.corrupt', blobId: blob.id });
    }
    s3.objects.clear();
    await expect(readAll(blob)).rejects.toMatchObject({ code: 'blob.missing', blobId: blob.id });
  });

  test('while it is away documents are refused as "later", before their body after the first; then all is well again', async () => {
    const kept = await put(randomBytes(100_000));
    await s3.away();
    await expect(put(randomBytes(100_000))).rejects.toMatchObject({
      code: 'blob.storage_unavailable',
      kind: 'unavailable',
    });
    await expect(store.requireRoomFor(100_000)).rejects.toMatchObject({ code: 'blob.storage_unavailable' });
    // What is there is not said to be missing only because nobody answers.
    await expect(readAll(kept)).rejects.not.toMatchObject({ code: 'blob.missing' });
    expect(await files()).toEqual([]);
    await s3.back();
    await put(randomBytes(100_000));
    await readAll(kept);
  });

  test('a sender learns while he is sending that the parts do not arrive', async () => {
    s3.misbehave = (what) => (what.includes(' part ') ? { answer: 503, code: 'SlowDown' } : undefined);
    const writer = store.create();
    const upload = async () => {
      for (let count = 0; count < 4_000; count++) await writer.write(randomBytes(65_536));
    };
    await expect(upload()).rejects.toMatchObject({ code: 'blob.storage_unavailable' });
    await writer.discard();
    expect([s3.uploads.size, (await files()).length]).toEqual([0, 0]);
  });

  test('wrong credentials or a bucket that is not there are trouble for the operator, not "later" and not "missing"', async () => {
    const blob = await put(randomBytes(100_000));
    s3.misbehave = () => ({ answer: 403, code: 'AccessDenied' });
    await expect(put(randomBytes(100_000))).rejects.toMatchObject({ cause: { code: 'AccessDenied' } });
    s3.misbehave = () => ({ answer: 404, code: 'NoSuchBucket' });
    await expect(readAll(blob)).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });
});

test('a discarded blob leaves nothing in the bucket and on the disk', async () => {
  for (const sizeBytes of [70_000, partBytes + 1_000_000]) {
    const writer = store.create();
    await writer.write(randomBytes(sizeBytes));
    await writer.discard();
  }
  expect([blobKeys().length, s3.uploads.size, (await files()).length]).toEqual([0, 0, 0]);
});

test('the sweep removes objects that nothing refers to and uploads that nobody will complete, and no others', async () => {
  const now = Temporal.Instant.from('2026-11-21T09:00:00Z');
  const referenced = place(now.subtract({ hours: 50 }));
  place(now.subtract({ hours: 50 }));
  place(now.subtract({ hours: 90 }));
  const young = place(now.subtract({ hours: 2 }));
  s3.objects.set('blobs/.README', Buffer.from('not ours'));
  s3.uploads.set('old', { key: keyAt(now.subtract({ hours: 30 })), parts: new Map() });
  s3.uploads.set('new', { key: keyAt(now.subtract({ hours: 1 })), parts: new Map() });
  const isReferenced = async () => new Set([referenced]);
  const report = await store.sweepOrphans({ now, isReferenced });
  expect(report).toEqual({ examinedFiles: 3, removedFiles: 3, isComplete: true });
  const left = blobKeys().map((key) => key.split('/').at(-1)!);
  expect(new Set(left)).toEqual(new Set([referenced, young, '.README']));
  expect([...s3.uploads.keys()]).toEqual(['new']);
});

test('a bucket of another installation is neither written to nor swept, and a dropped object is gone', async () => {
  const blob = await put(randomBytes(100_000));
  await store.drop(blob.id);
  await store.drop(blob.id);
  expect(blobKeys()).toEqual([]);
  s3.objects.set('installation', Buffer.from('019d2a4c-7b00-4000-8000-000000000001\n'));
  const theirs = place(Temporal.Now.instant().subtract({ hours: 90 }));
  store = await openStore();
  const sweep = store.sweepOrphans({ now: Temporal.Now.instant(), isReferenced: async () => new Set() });
  await expect(sweep).rejects.toThrow(/belongs to another installation/);
  await expect(put(randomBytes(100_000))).rejects.toMatchObject({
    cause: { message: expect.stringContaining('belongs to another installation') },
  });
  await expect(store.drop(theirs)).rejects.toThrow(/belongs to another installation/);
  expect(blobKeys()).toHaveLength(1);
});

function blobKeys(): string[] {
  return [...s3.objects.keys()].filter((key) => key.startsWith('blobs/'));
}

function keyAt(at: Temporal.Instant): string {
  const time = at.epochMilliseconds.toString(16).padStart(12, '0');
  const rest = randomBytes(10).toString('hex');
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
  return `blobs/${id.slice(0, 7)}/${id}`;
}

function place(at: Temporal.Instant): BlobId {
  const key = keyAt(at);
  s3.objects.set(key, Buffer.from('sealed'));
  return key.split('/').at(-1) as BlobId;
}

async function put(content: Buffer) {
  const writer = store.create();
  for (let start = 0; start < content.length; start += 500_000) {
    await writer.write(content.subarray(start, start + 500_000));
  }
  return writer.finish();
}

async function readAll(reference: BlobReference): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.open(reference)));
}

/** Of the local folder. */
async function files(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(
    names.map(async (name) => ((await stat(join(folder, name))).isFile() ? [name] : [])),
  );
  return found.flat();
}
