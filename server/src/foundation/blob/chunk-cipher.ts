/**
 * The encrypted form of a blob, see docs/protocols/blob.md: chunks of 64 KiB, each sealed by AES-256-GCM under the
 * blob's own key with a nonce that counts the chunks and marks the last one (the STREAM construction). So a
 * chunk that was changed, moved, dropped or added is found, and yet a reader needs only one chunk at a time.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assert } from '#foundation/refusal';
import type { BlobId } from '#foundation/ids';

export const chunkBytes = 65_536;
export const tagBytes = 16;
export const sealedChunkBytes = chunkBytes + tagBytes;
export const keyBytes = 32;

export interface ChunkPosition {
  readonly index: number;
  readonly isLast: boolean;
}

export interface ChunkCipher {
  /** Returns ciphertext and tag apart, to be written one after the other without a copy. */
  seal(plain: Uint8Array, position: ChunkPosition): [ciphertext: Buffer, tag: Buffer];
  /** Throws when any byte, the position, the blob or the key is another one. */
  open(sealed: Buffer, position: ChunkPosition): Buffer;
}

export function createChunkCipher(key: Uint8Array, blobId: BlobId): ChunkCipher {
  const associated = Buffer.from(`lienthong blob v1 ${blobId}`);
  const options = { authTagLength: tagBytes };
  return {
    seal(plain, position) {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(position), options);
      cipher.setAAD(associated);
      const ciphertext = cipher.update(plain);
      cipher.final();
      return [ciphertext, cipher.getAuthTag()];
    },
    open(sealed, position) {
      if (sealed.length < tagBytes) throw new Error('a sealed chunk is never shorter than its tag');
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(position), options);
      decipher.setAAD(associated);
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      const plain = decipher.update(sealed.subarray(0, -tagBytes));
      decipher.final();
      return plain;
    },
  };
}

/** Chunks of a blob of this size. An empty blob has one, empty, chunk: its absence would be a truncation. */
export function chunkCountOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / chunkBytes));
}

export function sealedBytesOf(sizeBytes: number): number {
  return sizeBytes + chunkCountOf(sizeBytes) * tagBytes;
}

/** 7 bytes of zero, the chunk's index (4, big-endian), 1 when it is the last. The key is never used twice. */
function nonceOf({ index, isLast }: ChunkPosition): Buffer {
  assert(index <= 0xffff_ffff, 'a blob has at most 2^32 chunks');
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
