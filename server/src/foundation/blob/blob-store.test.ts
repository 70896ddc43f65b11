import { createHash, hash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createSecretBox } from '#foundation/secrets';
import { createTestDatabase } from '../../../test/support/database.ts';
import { insertBlobRows } from './blob-rows.ts';
import { createBlobStore } from './blob-store.ts';
import type { BlobId } from '#foundation/ids';
import type { TestDatabase } from '../../../test/support/database.ts';
import type { StoredBlob } from './blob.ts';
import type { BlobStore } from './blob-store.ts';

const secrets = createSecretBox([randomBytes(32)]);
let test_: TestDatabase;
let folder: string;
let store: BlobStore;

beforeAll(async () => {
  test_ = await createTestDatabase();
  folder = join(await mkdtemp(join(tmpdir(), 'blobs-')), 'store');
  store = await createBlobStore({ folder, secrets, pool: test_.database.app });
});

afterAll(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
  await test_.drop();
});

test('any content, written in pieces of any size, is read back as it was', async () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 400_000 }),
    fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 262_144, 262_145),
  );
  await fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 1_000, max: 200_000 }), async (sizeBytes, pieceBytes) => {
      const content = randomBytes(sizeBytes);
      const blob = await put(content, pieceBytes);
      expect(blob.sizeBytes).toBe(sizeBytes);
      expect(blob.digest).toEqual(hash('sha256', content, 'buffer'));
      expect(blob.row !== undefined).toBe(sizeBytes <= 65_536);
      expect((await read(blob)).equals(content)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('many small blobs are inserted together by the role that may only insert', async () => {
  const contents = [0, 1, 10_000, 65_536, 37].map((sizeBytes) => randomBytes(sizeBytes));
  const blobs = await Promise.all(contents.map((content) => finish(content)));
  await inTransaction(test_.database.ingest, {}, (tx) => insertBlobRows(tx, blobs));
  for (const [index, blob] of blobs.entries()) expect(await read(blob)).toEqual(contents[index]);
  await expect(test_.database.ingest.query('select * from blob.small')).rejects.toThrow(/permission denied/);
});

test('a caller who hashes anyway gives the digest, and the writer does not hash again', async () => {
  for (const sizeBytes of [10, 300_000]) {
    const content = randomBytes(sizeBytes);
    const writer = store.create({ digestBy: 'caller' });
    await writer.write(content);
    const digest = createHash('sha256').update(content).digest();
    expect((await writer.finish({ digest })).digest).toBe(digest);
  }
});

test('neither a row nor a file holds a readable byte of the content, nor does the key', async () => {
  for (const sizeBytes of [20_000, 200_000]) {
    const content = Buffer.alloc(sizeBytes, 'Kính gửi: Ủy ban nhân dân ');
    const blob = await put(content);
    const stored = blob.row ?? (await readFile(fileOf(blob.id)));
    expect(stored.includes('Kính gửi')).toBe(false);
    expect(blob.key.length).toBeLessThanOrEqual(80);
  }
});

describe('a blob with a wrong byte is named and never read past', () => {
  test('in any chunk of a file', async () => {
    const content = randomBytes(200_000);
    const blob = await put(content);
    const sealed = await readFile(fileOf(blob.id));
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: sealed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Buffer.from(sealed);
          changed[at]! ^= flip;
          await expectCorrupt(blob, changed, content);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each<[string, (sealed: Buffer) => Buffer]>([
    ['cut in the middle of a chunk', (sealed) => sealed.subarray(0, 100_000)],
    ['cut between two chunks', (sealed) => sealed.subarray(0, 2 * 65_552)],
    ['empty', () => Buffer.alloc(0)],
    ['with bytes added', (sealed) => Buffer.concat([sealed, Buffer.from('x')])],
    ['with its last chunk twice', (sealed) => Buffer.concat([sealed, sealed.subarray(-20)])],
    ['with two chunks exchanged', exchangeFirstChunks],
    [
      'with a chunk repeated',
      (s) => Buffer.concat([s.subarray(0, 65_552), s.subarray(0, 65_552), s.subarray(131_104)]),
    ],
  ])('a file %s', async (_what, damage) => {
    const content = randomBytes(200_000);
    const blob = await put(content);
    await expectCorrupt(blob, damage(await readFile(fileOf(blob.id))), content);
  });

  test('a row', async () => {
    const blob = await put(randomBytes(5_000));
    await changeRow(blob.id, (row) => {
      row[4_000]! ^= 1;
      return row;
    });
    await expect(read(blob)).rejects.toMatchObject({ code: 'blob.corrupt', blobId: blob.id });
    await changeRow(blob.id, (row) => row.subarray(0, 4_000));
    await expect(read(blob)).rejects.toMatchObject({ code: 'blob.corrupt', blobId: blob.id });
  });

  test('a reference with another size, another key or another blob', async () => {
    const [one, other] = [await put(randomBytes(200_000)), await put(randomBytes(200_000))];
    await expect(read({ ...one, sizeBytes: 199_999 })).rejects.toMatchObject({ code: 'blob.corrupt' });
    await expect(read({ ...one, key: other.key })).rejects.toMatchObject({
      code: 'blob.corrupt',
      blobId: one.id,
    });
    await writeFile(fileOf(one.id), await readFile(fileOf(other.id)));
    await expect(read(one)).rejects.toMatchObject({ code: 'blob.corrupt', blobId: one.id });
  });
});

test('a blob that is not there is said to be missing', async () => {
  for (const sizeBytes of [10, 100_000]) {
    const blob = await put(randomBytes(sizeBytes));
    await store.drop(blob.id);
    await expect(read(blob)).rejects.toMatchObject({ code: 'blob.missing', blobId: blob.id });
    expect(await store.inspect(blob)).toMatchObject({ code: 'blob.missing' });
    await store.drop(blob.id);
  }
});

test('the doctor is told whether a blob is as it was stored', async () => {
  for (const sizeBytes of [10, 100_000]) {
    const blob = await put(randomBytes(sizeBytes));
    expect(await store.inspect(blob)).toBeUndefined();
    expect(await store.inspect({ ...blob, digest: randomBytes(32) })).toMatchObject({ code: 'blob.corrupt' });
  }
});

test('a reader who stops early keeps no file open', async () => {
  const blob = await put(randomBytes(1_000_000));
  const before = (await readdir('/proc/self/fd')).length;
  for (let times = 0; times < 20; times++) {
    for await (const chunk of store.open(blob)) {
      expect(chunk.length).toBe(65_536);
      break;
    }
  }
  expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10);
});

test('a discarded blob leaves no file, at any moment', async () => {
  const before = await allFiles();
  for (const sizeBytes of [0, 10, 65_537, 1_000_000]) {
    const writer = store.create();
    void writer.write(randomBytes(sizeBytes));
    await writer.discard();
    await writer.discard();
  }
  expect(await allFiles()).toEqual(before);
});

test('discarding after the end changes nothing, so it may stand in a finally', async () => {
  const content = randomBytes(100_000);
  const writer = store.create();
  await writer.write(content);
  const finishing = writer.finish();
  await writer.discard();
  const blob = await finishing;
  await writer.discard();
  expect(await read(blob)).toEqual(content);
});

async function put(content: Buffer, pieceBytes = 100_000): Promise<StoredBlob> {
  const blob = await finish(content, pieceBytes);
  await inTransaction(test_.database.app, {}, (tx) => insertBlobRows(tx, [blob]));
  return blob;
}

async function finish(content: Buffer, pieceBytes = 100_000): Promise<StoredBlob> {
  const writer = store.create();
  for (let start = 0; start < content.length; start += pieceBytes) {
    await writer.write(content.subarray(start, start + pieceBytes));
  }
  return writer.finish();
}

async function read(blob: StoredBlob): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.open(blob)));
}

/** Whatever was yielded before the damage was found is a true beginning of the content. */
async function expectCorrupt(blob: StoredBlob, sealed: Buffer, content: Buffer): Promise<void> {
  await writeFile(fileOf(blob.id), sealed);
  let readBytes = 0;
  const reading = (async () => {
    for await (const chunk of store.open(blob)) {
      expect(chunk.equals(content.subarray(readBytes, readBytes + chunk.length))).toBe(true);
      readBytes += chunk.length;
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'blob.corrupt', blobId: blob.id });
}

function exchangeFirstChunks(sealed: Buffer): Buffer {
  const sealedChunkBytes = 65_552;
  const [first, second] = [
    sealed.subarray(0, sealedChunkBytes),
    sealed.subarray(sealedChunkBytes, 2 * sealedChunkBytes),
  ];
  return Buffer.concat([second, first, sealed.subarray(2 * sealedChunkBytes)]);
}

async function changeRow(id: BlobId, change: (row: Buffer) => Buffer): Promise<void> {
  const { rows } = await test_.database.app.query<{ ciphertext: Buffer }>(
    'select ciphertext from blob.small where id = $1',
    [id],
  );
  await test_.database.app.query('delete from blob.small where id = $1', [id]);
  await test_.database.app.query('insert into blob.small values ($1, $2)', [id, change(rows[0]!.ciphertext)]);
}

function fileOf(id: BlobId): string {
  return join(folder, id.replace('-', '').slice(0, 7), id);
}

async function allFiles(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
}
