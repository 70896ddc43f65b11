import { BlobDamaged } from './blob.ts';
import {
  chunkBytes,
  chunkCountOf,
  createChunkCipher,
  sealedBytesOf,
  sealedChunkBytes,
} from './chunk-cipher.ts';
import type { BlobReference } from './blob.ts';
import type { ChunkCipher } from './chunk-cipher.ts';
import type { SealedFiles } from './sealed-files.ts';

/** A part of the plaintext. */
export interface BlobRange {
  readonly startBytes: number;
  /** The first byte that is not wanted any more. */
  readonly endBytes: number;
}

/** Opens the ciphertext of a row. */
export function openRow(reference: BlobReference, key: Uint8Array, ciphertext: Buffer): Buffer {
  const expectedBytes = sealedBytesOf(reference.sizeBytes);
  if (ciphertext.length !== expectedBytes) {
    throw corrupt(reference, `has ${ciphertext.length} bytes in its row instead of ${expectedBytes}`);
  }
  return openChunk(reference, createChunkCipher(key, reference.id), ciphertext, 0);
}

/** Yields a part of the plaintext of a file chunk by chunk, each verified; a damaged chunk is never yielded. */
export async function* readFile(
  files: SealedFiles,
  reference: BlobReference,
  key: Uint8Array,
  { startBytes, endBytes }: BlobRange,
): AsyncGenerator<Buffer, void, undefined> {
  const cipher = createChunkCipher(key, reference.id);
  const totalBytes = sealedBytesOf(reference.sizeBytes);
  const firstIndex = Math.floor(startBytes / chunkBytes);
  const sealed = files.read(reference.id, {
    startBytes: firstIndex * sealedChunkBytes,
    endBytes: Math.min(Math.ceil(endBytes / chunkBytes) * sealedChunkBytes, totalBytes),
    totalBytes,
  });
  let index = firstIndex;
  for await (const chunk of inChunks(sealed)) {
    const plain = openChunk(reference, cipher, chunk, index);
    const offset = index * chunkBytes;
    const isInside = startBytes <= offset && offset + plain.length <= endBytes;
    yield isInside ? plain : plain.subarray(Math.max(0, startBytes - offset), endBytes - offset);
    index += 1;
  }
  if (index * chunkBytes < endBytes) throw corrupt(reference, 'ended while it was read');
}

/** Cuts pieces of any size into sealed chunks; copies only what lies across two pieces. */
async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const held = Buffer.allocUnsafeSlow(sealedChunkBytes);
  let heldBytes = 0;
  for await (const piece of pieces) {
    let rest = piece;
    if (heldBytes > 0) {
      const taken = piece.copy(held, heldBytes, 0, sealedChunkBytes - heldBytes);
      heldBytes += taken;
      rest = piece.subarray(taken);
      if (heldBytes < sealedChunkBytes) continue;
      heldBytes = 0;
      yield held;
    }
    for (; rest.length >= sealedChunkBytes; rest = rest.subarray(sealedChunkBytes)) {
      yield rest.subarray(0, sealedChunkBytes);
    }
    heldBytes = rest.copy(held);
  }
  if (heldBytes > 0) yield held.subarray(0, heldBytes);
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
