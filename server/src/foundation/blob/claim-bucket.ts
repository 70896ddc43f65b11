import type { Pool } from 'pg';
import type { Bucket } from '#foundation/s3';

const key = 'installation';

/**
 * Makes sure that the bucket (below its prefix) is this installation's: the first one to come leaves its id there. Two
 * servers that come first at the same time leave the same id, so nothing depends on who wins.
 */
export async function claimBucket(bucket: Bucket, pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>('select id from blob.installation');
  const { id } = rows[0]!;
  const found = (await bucket.get(key))?.trim();
  if (found === id) return;
  if (found !== undefined) {
    throw new Error(
      `the bucket belongs to another installation (${found}, not ${id}): give each its own bucket or folder in LIENTHONG_S3_URL`,
    );
  }
  await bucket.put(key, Buffer.from(`${id}\n`));
}
