import { BlobDamaged } from './blob.ts';
import { chunkCountOf, createChunkCipher, sealedBytesOf, sealedChunkBytes } from './chunk-cipher.ts';
import type { BlobReference } from './blob.ts';
import type { ChunkCipher } from './chunk-cipher.ts';
import type { Disk, ReadableFile } from './disk.ts';

/** Chunks that are read from the disk at once: a letter of 300 KB takes two reads. */
const chunksPerRead = 4;

/** Opens the ciphertext of a row. */
export function openRow(reference: BlobReference, key: Uint8Array, ciphertext: Buffer): Buffer {
  requireSize(reference, ciphertext.length);
  return openChunk(reference, createChunkCipher(key, reference.id), ciphertext, 0);
}

/** Yields the plaintext of a file chunk by chunk, each verified; a damaged chunk is never yielded. */
export async function* readFile(
  disk: Disk,
  path: string,
  reference: BlobReference,
  key: Uint8Array,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(disk, path, reference);
  try {
    requireSize(reference, file.sizeBytes);
    const cipher = createChunkCipher(key, reference.id);
    let remainingBytes = file.sizeBytes;
    const window = Buffer.allocUnsafeSlow(Math.min(remainingBytes, chunksPerRead * sealedChunkBytes));
    for (let index = 0; remainingBytes > 0; index += chunksPerRead) {
      const sealed = window.subarray(0, Math.min(window.length, remainingBytes));
      const readBytes = await file.read(sealed, index * sealedChunkBytes);
      if (readBytes < sealed.length) throw corrupt(reference, 'ended while it was read');
      for (let start = 0; start < sealed.length; start += sealedChunkBytes) {
        const chunk = sealed.subarray(start, start + sealedChunkBytes);
        yield openChunk(reference, cipher, chunk, index + start / sealedChunkBytes);
      }
      remainingBytes -= sealed.length;
    }
  } finally {
    await file.close();
  }
}

async function openFile(disk: Disk, path: string, reference: BlobReference): Promise<ReadableFile> {
  try {
    return await disk.openFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new BlobDamaged('blob.missing', reference.id, 'has no file', { cause: error });
    }
    throw new Error(`blob ${reference.id} could not be opened`, { cause: error });
  }
}

function requireSize(reference: BlobReference, foundBytes: number): void {
  const expectedBytes = sealedBytesOf(reference.sizeBytes);
  if (foundBytes !== expectedBytes) {
    throw corrupt(reference, `has ${foundBytes} bytes on the disk instead of ${expectedBytes}`);
  }
}

function openChunk(reference: BlobReference, cipher: ChunkCipher, sealed: Buffer, index: number): Buffer {
  try {
    return cipher.open(sealed, { index, isLast: index === chunkCountOf(reference.sizeBytes) - 1 });
  } catch (error) {
    throw corrupt(reference, `is damaged in chunk ${index}`, error);
  }
}

function corrupt(reference: BlobReference, message: string, cause?: unknown): BlobDamaged {
  return new BlobDamaged('blob.corrupt', reference.id, message, { cause });
}
