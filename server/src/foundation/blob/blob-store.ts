/**
 * Contents, encrypted and durable: small ones as rows within the commit that refers to them, large ones as files that
 * are flushed, or as objects that a bucket acknowledged, before it. A reference is committed only after `finish()`; a crash between leaves an orphan, never a
 * reference to nothing. The format is docs/protocols/blob.md.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { assert } from '#foundation/refusal';
import { BlobDamaged, keyContext, largestRowBytes } from './blob.ts';
import { openRow, readFile } from './blob-reader.ts';
import { deleteBlobRow, readBlobRow } from './blob-rows.ts';
import { createBlobWriter, createChunkBuffers } from './blob-writer.ts';
import { localDisk } from './disk.ts';
import { placesIn } from './places.ts';
import { claimBucket } from './claim-bucket.ts';
import { createSealedBucket } from './sealed-bucket.ts';
import { createSealedFolder } from './sealed-folder.ts';
import { createSweeper } from './sweep-orphans.ts';
import type { Pool } from 'pg';
import type { BlobId } from '#foundation/ids';
import type { Bucket } from '#foundation/s3';
import type { SecretBox } from '#foundation/secrets';
import type { BlobReference } from './blob.ts';
import type { BlobRange } from './blob-reader.ts';
import type { BlobWriter, WriterOptions } from './blob-writer.ts';
import type { Disk } from './disk.ts';
import type { SweepOptions, SweepReport } from './sweep-orphans.ts';

export interface BlobStore {
  /** Begins a blob. Every writer ends in `finish()` or `discard()`. */
  create(options?: WriterOptions): BlobWriter;
  /**
   * Streams the plaintext, or a part of it (which reads only the chunks that it touches); throws `BlobDamaged` before any
   * byte that is not as it was written.
   */
  open(reference: BlobReference, range?: BlobRange): AsyncIterable<Buffer>;
  /** Reads the whole blob and says what is wrong with it, for the doctor; `digest` is that of the plaintext. */
  inspect(reference: BlobReference & { readonly digest?: Buffer }): Promise<BlobDamaged | undefined>;
  /** Removes the content. Its reference and wrapped key are gone before, in a transaction of the caller. */
  drop(id: BlobId): Promise<void>;
  /**
   * Refuses where so many bytes cannot be taken in now and the reserve of the disk stay free (`blob.disk_full`), or the
   * bucket does not answer (`blob.storage_unavailable`). Ask before the body is read.
   */
  requireRoomFor(sizeBytes: number): Promise<void>;
  /** Removes files that no row refers to. Never run it on a database restored to an earlier state than the files. */
  sweepOrphans(options: SweepOptions): Promise<SweepReport>;
}

export interface BlobStoreOptions {
  /** For files, with a bucket only for what is on its way there. Made when it is not there. */
  readonly folder: string;
  /** Where large blobs go instead of the folder. */
  readonly bucket?: Bucket;
  readonly secrets: SecretBox;
  /** Connections as `lt_app`. */
  readonly pool: Pool;
  readonly disk?: Disk;
  /** What stays free on the disk; default see `DiskGateOptions`. */
  readonly reserveBytes?: number;
}

export async function createBlobStore(options: BlobStoreOptions): Promise<BlobStore> {
  const { folder, secrets, pool, bucket, disk = localDisk } = options;
  await disk.makeFolder(placesIn(folder).incoming);
  await makeNameDurable(disk, folder);

  const folderOptions = { ...options, disk };
  const files = bucket
    ? createSealedBucket({ ...folderOptions, bucket, claim: () => claimBucket(bucket, pool) })
    : createSealedFolder(folderOptions);
  const context = { files, secrets, chunkBuffers: createChunkBuffers() };
  const sweeper = createSweeper(files);

  async function* open(
    reference: BlobReference,
    range: BlobRange = { startBytes: 0, endBytes: reference.sizeBytes },
  ): AsyncGenerator<Buffer, void, undefined> {
    const { startBytes, endBytes } = range;
    assert(
      0 <= startBytes && startBytes <= endBytes && endBytes <= reference.sizeBytes,
      'a part lies within',
    );
    const key = unwrap(secrets, reference);
    if (reference.sizeBytes > largestRowBytes) {
      if (startBytes < endBytes) yield* readFile(files, reference, key, range);
      return;
    }
    const row = await readBlobRow(pool, reference.id);
    if (!row) throw new BlobDamaged('blob.missing', reference.id, 'has no row');
    yield openRow(reference, key, row).subarray(startBytes, endBytes);
  }

  return {
    create: (writerOptions = {}) => createBlobWriter(context, writerOptions),
    open,
    async inspect(reference) {
      try {
        const digest = createHash('sha256');
        for await (const chunk of open(reference)) digest.update(chunk);
        if (!reference.digest || digest.digest().equals(reference.digest)) return undefined;
        return new BlobDamaged('blob.corrupt', reference.id, 'opens, but has another digest');
      } catch (error) {
        if (error instanceof BlobDamaged) return error;
        throw error;
      }
    },
    async drop(id) {
      await Promise.all([deleteBlobRow(pool, id), files.remove(id)]);
    },
    requireRoomFor: (sizeBytes) => files.requireRoomFor(sizeBytes),
    sweepOrphans: (sweepOptions) => sweeper.sweep(sweepOptions),
  };
}

/**
 * The folder may be new, and those above it too: a power cut would take it away with all that it holds. Which of them
 * an earlier start made without living to flush them is not known, so all are flushed.
 */
async function makeNameDurable(disk: Disk, folder: string): Promise<void> {
  await disk.syncFolder(folder);
  for (let path = resolve(folder); path !== dirname(path); path = dirname(path)) {
    try {
      await disk.syncFolder(dirname(path));
    } catch (error) {
      // What we may not even list we did not make, nor anything above it.
      if ((error as NodeJS.ErrnoException).code === 'EACCES') return;
      throw error;
    }
  }
}

function unwrap(secrets: SecretBox, { id, key }: BlobReference): Buffer {
  try {
    return secrets.open(key, keyContext(id));
  } catch (error) {
    throw new BlobDamaged('blob.corrupt', id, 'has a key that does not open', { cause: error });
  }
}
