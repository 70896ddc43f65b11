/** Where the signed checkpoints of an installation are kept outside its database. */
import { join } from 'node:path';
import { createBucketArchive, createFolderArchive, createJointArchive } from '#foundation/evidence';
import type { CheckpointArchive } from '#foundation/evidence';
import { createBucket } from '#foundation/s3';
import type { Config } from './config.ts';

/** With a bucket in both: the folder may be one machine's own, and the bucket away. */
export function openArchive({
  dataFolder,
  bucket,
}: Pick<Config, 'dataFolder' | 'bucket'>): CheckpointArchive {
  const folder = createFolderArchive(join(dataFolder, 'checkpoints'));
  return bucket ? createJointArchive([folder, createBucketArchive(createBucket(bucket))]) : folder;
}
