/**
 * Checkpoints kept in a bucket, one object each, so that several machines share one archive and none of them ever writes
 * over what another kept. Names begin with how far the size is from the largest possible one: the newest comes first.
 */
import type { Bucket } from '#foundation/s3';
import { assert } from '#foundation/refusal';
import { parseCheckpoint } from './checkpoint.ts';
import type { CheckpointBody } from './checkpoint.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';

const prefix = 'checkpoints/';
const largestSize = 9_999_999_999_999_999n;
/** Tried for the newest, should an object have been damaged or put there by somebody else. */
const candidates = 10;
const readAtOnce = 16;

export function createBucketArchive(bucket: Bucket): CheckpointArchive {
  return {
    async keep(checkpoint) {
      const body = parseCheckpoint(checkpoint);
      assert(body, 'only checkpoints are kept');
      await bucket.put(keyOf(body), Buffer.from(checkpoint));
    },
    async newest(origin) {
      for (const key of await bucket.list(folderOf(origin), { limit: candidates })) {
        const found = parseCheckpoint((await bucket.get(key)) ?? '');
        if (found?.origin === origin) return found;
      }
      return undefined;
    },
    async *records() {
      for (let after: string | undefined; ;) {
        const keys = await bucket.list(prefix, { limit: readAtOnce, ...(after !== undefined && { after }) });
        const texts = await Promise.all(keys.map((key) => bucket.get(key)));
        for (const [index, place] of keys.entries()) yield { place, text: texts[index] ?? '' };
        if (keys.length < readAtOnce) return;
        after = keys.at(-1);
      }
    },
  };
}

/** Two different checkpoints of one size, which must never be, would both stay. */
function keyOf({ origin, size, root }: CheckpointBody): string {
  const distance = String(largestSize - BigInt(size)).padStart(16, '0');
  return `${folderOf(origin)}${distance}-${size}-${root.toString('hex').slice(0, 16)}`;
}

function folderOf(origin: string): string {
  return `${prefix}${sha256(origin).toString('hex').slice(0, 16)}/`;
}
