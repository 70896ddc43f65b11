import { createHash, hash, randomBytes } from 'node:crypto';
import { newId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import { keyContext, largestRowBytes } from './blob.ts';
import { chunkBytes, createChunkCipher, keyBytes } from './chunk-cipher.ts';
import type { Hash } from 'node:crypto';
import type { SecretBox } from '#foundation/secrets';
import type { StoredBlob } from './blob.ts';
import type { ChunkCipher } from './chunk-cipher.ts';
import type { IncomingFile, SealedFiles } from './sealed-files.ts';

export interface BlobWriter {
  /**
   * Takes the next bytes; they are copied, the caller keeps its buffer. A returned promise asks the caller to wait
   * before the next write (and fails when the disk did); nothing returned means: go on.
   */
  write(bytes: Uint8Array): void | Promise<void>;
  /**
   * Resolves when a blob that became a file survives a power cut; a small one is returned as `row`. With
   * `digestBy: 'caller'` the caller passes the SHA-256 it computed. After a failure no file is left.
   */
  finish(result?: { readonly digest: Buffer }): Promise<StoredBlob>;
  /** Leaves no file. After a successful `finish()` it does nothing, so it may stand in a `finally`. */
  discard(): Promise<void>;
}

export interface WriterOptions {
  /** Who computes the SHA-256 of the plaintext: the writer (the default), or a caller who hashes it anyway. */
  readonly digestBy?: 'writer' | 'caller';
}

export interface WriterContext {
  readonly files: SealedFiles;
  readonly secrets: SecretBox;
  readonly chunkBuffers: ChunkBuffers;
}

/** Buffers of one chunk, used again: a letter of 10 KB should not cost an allocation of 64 KB. */
export interface ChunkBuffers {
  take(): Buffer;
  giveBack(buffer: Buffer): void;
}

const keptBuffers = 64;

export function createChunkBuffers(): ChunkBuffers {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes),
    giveBack: (buffer) => {
      if (free.length < keptBuffers) free.push(buffer);
    },
  };
}

/**
 * The last chunk is sealed as the last one, so a full chunk waits until more bytes or the end come. What fits into
 * one chunk therefore never touches the disk: it is the row.
 */
export function createBlobWriter(context: WriterContext, options: WriterOptions): BlobWriter {
  assert(largestRowBytes === chunkBytes, 'what becomes a row is what fits into one chunk');
  const id = newId<'blob'>();
  const key = randomBytes(keyBytes);
  const cipher: ChunkCipher = createChunkCipher(key, id);
  let chunk: Buffer | undefined;
  let filledBytes = 0;
  let index = 0;
  let sizeBytes = 0;
  let digesting: Hash | undefined;
  let file: IncomingFile | undefined;
  let state: 'writing' | 'finishing' | 'stored' | 'ended' = 'writing';
  let finishing: Promise<unknown> | undefined;

  const sealChunk = (isLast: boolean): [Buffer, Buffer] => {
    const plain = filledChunk();
    if (options.digestBy !== 'caller') {
      digesting ??= createHash('sha256');
      digesting.update(plain);
    }
    filledBytes = 0;
    return cipher.seal(plain, { index: index++, isLast });
  };

  const filledChunk = (): Buffer => (chunk ? chunk.subarray(0, filledBytes) : Buffer.alloc(0));

  const release = (): void => {
    if (chunk) context.chunkBuffers.giveBack(chunk);
    chunk = undefined;
    key.fill(0);
  };

  const store = async (digest: Buffer | undefined): Promise<StoredBlob> => {
    const wrappedKey = context.secrets.seal(key, keyContext(id));
    if (!file) {
      const computed = digest ?? hash('sha256', filledChunk(), 'buffer');
      const row = Buffer.concat(cipher.seal(filledChunk(), { index: 0, isLast: true }));
      release();
      return { id, sizeBytes, digest: computed, key: wrappedKey, row };
    }
    void file.append(sealChunk(true))?.catch(() => undefined); // complete() tells the same failure
    release();
    const computed = digest ?? digesting!.digest();
    await file.complete();
    return { id, sizeBytes, digest: computed, key: wrappedKey };
  };

  return {
    write(bytes) {
      assert(state === 'writing', 'a blob that has ended takes no more bytes');
      sizeBytes += bytes.length;
      let pressure: Promise<void> | undefined;
      for (let rest = bytes; rest.length > 0;) {
        if (filledBytes === chunkBytes) {
          file ??= context.files.create(id);
          pressure = file.append(sealChunk(false));
          // Only the newest promise is handed out; all of them fail with the same reason.
          pressure?.catch(() => undefined);
        }
        chunk ??= context.chunkBuffers.take();
        const part = rest.subarray(0, chunkBytes - filledBytes);
        chunk.set(part, filledBytes);
        filledBytes += part.length;
        rest = rest.subarray(part.length);
      }
      return pressure;
    },
    async finish(result) {
      assert(state === 'writing', 'a blob is finished once');
      assert((result !== undefined) === (options.digestBy === 'caller'), 'one side computes the digest');
      state = 'finishing';
      const stored = store(result?.digest);
      finishing = stored.then(
        () => (state = 'stored'),
        () => (state = 'ended'),
      );
      return stored;
    },
    async discard() {
      await finishing;
      if (state === 'stored' || state === 'ended') return;
      state = 'ended';
      release();
      await file?.remove();
    },
  };
}
