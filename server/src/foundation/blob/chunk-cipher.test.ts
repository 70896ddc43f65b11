import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newId } from '#foundation/ids';
import { createChunkCipher, sealedBytesOf } from './chunk-cipher.ts';
import type { BlobId } from '#foundation/ids';

interface Vector {
  readonly key: string;
  readonly id: BlobId;
  readonly sizeBytes: number;
  readonly sealed?: string;
  readonly sealedBytes: number;
  readonly sealedDigest: string;
}

describe('the format is the one that docs/protocols/blob.md states', () => {
  test.each(vectors())('for a content of $sizeBytes bytes', (vector) => {
    const content = Buffer.from(Array.from({ length: vector.sizeBytes }, (_, index) => index % 251));
    const cipher = createChunkCipher(Buffer.from(vector.key, 'hex'), vector.id);
    const chunks: Buffer[] = [];
    for (let start = 0; start === 0 || start < content.length; start += 65_536) {
      const isLast = start + 65_536 >= content.length;
      chunks.push(...cipher.seal(content.subarray(start, start + 65_536), { index: start / 65_536, isLast }));
    }
    const sealed = Buffer.concat(chunks);
    expect(sealed.length).toBe(vector.sealedBytes);
    expect(sealedBytesOf(vector.sizeBytes)).toBe(vector.sealedBytes);
    expect(hash('sha256', sealed)).toBe(vector.sealedDigest);
    if (vector.sealed) expect(sealed.toString('hex')).toBe(vector.sealed);
  });
});

test('a chunk opens only in its own place, in its own blob, with its own key', () => {
  const [key, id] = [randomBytes(32), newId<'blob'>()];
  const cipher = createChunkCipher(key, id);
  const sealed = Buffer.concat(cipher.seal(Buffer.from('nội dung'), { index: 3, isLast: true }));
  expect(cipher.open(sealed, { index: 3, isLast: true }).toString()).toBe('nội dung');
  expect(() => cipher.open(sealed, { index: 2, isLast: true })).toThrow();
  expect(() => cipher.open(sealed, { index: 3, isLast: false })).toThrow();
  expect(() => cipher.open(sealed.subarray(0, 10), { index: 3, isLast: true })).toThrow();
  expect(() => createChunkCipher(key, newId()).open(sealed, { index: 3, isLast: true })).toThrow();
  expect(() => createChunkCipher(randomBytes(32), id).open(sealed, { index: 3, isLast: true })).toThrow();
});

function vectors(): Vector[] {
  const document = readFileSync(new URL('../../../../docs/protocols/blob.md', import.meta.url), 'utf8');
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(document)![1]!) as Vector[];
}
