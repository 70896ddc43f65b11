/**
 * Sealed files as objects of an S3 bucket, named as they would be in a folder. What is on its way there lies in the local
 * folder until the bucket has it: so an upload of any size takes little memory, a part can be sent again, and a slow sender
 * holds no connection to the bucket.
 */
import { isId } from '#foundation/ids';
import { BucketTrouble } from '#foundation/s3';
import { createDiskGate } from './disk-gate.ts';
import { createIncomingObject } from './incoming-object.ts';
import { beganAtMilliseconds, folderBefore, folderNameOf, isFolderOfBlobs, placesIn } from './places.ts';
import { refuseDiskFull, refuseStorage } from './refusals.ts';
import { missing, otherSize } from './sealed-files.ts';
import { removeUnfinished } from './sealed-folder.ts';
import type { BlobId } from '#foundation/ids';
import type { Bucket } from '#foundation/s3';
import type { DiskGateOptions } from './disk-gate.ts';
import type { SealedFiles } from './sealed-files.ts';

export interface SealedBucketOptions extends DiskGateOptions {
  readonly bucket: Bucket;
  /** Throws unless the bucket is ours. */
  readonly claim: () => Promise<void>;
}

const prefix = 'blobs/';
/** Somebody may have put objects there whose names sort before ours; more of them than this end the sweep. */
const strangersLimit = 100;
/** After it failed an upload, the bucket is not asked by everybody at once: those who come in this time are told "later". */
const restMilliseconds = 3_000;

export function createSealedBucket(options: SealedBucketOptions): SealedFiles {
  const { bucket, disk, folder } = options;
  const places = placesIn(folder);
  const gate = createDiskGate(options);
  let trouble: { readonly cause: unknown; readonly until: number } | undefined;

  let claiming: Promise<void> | undefined;

  /** Nothing is written to a bucket, and above all nothing removed from it, before it is known to be ours. */
  const beOurs = (): Promise<void> => {
    claiming ??= options.claim().catch((error: unknown) => {
      claiming = undefined;
      onTrouble(error);
      throw error;
    });
    return claiming;
  };

  const onTrouble = (cause: unknown): void => {
    if (!(cause instanceof BucketTrouble)) return;
    trouble = { cause, until: performance.now() + restMilliseconds };
  };

  return {
    create: (id) =>
      createIncomingObject(id, {
        beOurs,
        bucket,
        disk,
        place: places.incomingFile(id),
        key: keyOf(id),
        onTrouble,
      }),
    async *read(id, range) {
      const pieces = await bucket.read(keyOf(id), {
        ...range,
        onOtherSize: (foundBytes) => otherSize(id, range, foundBytes),
      });
      if (!pieces) throw missing(id);
      yield* pieces;
    },
    async remove(id) {
      await beOurs();
      await bucket.drop(keyOf(id));
    },
    async *foldersFrom(newest) {
      // An S3 list goes from the oldest to the newest. But folders are named by times, so their names are known.
      const first = await bucket.list(prefix, { limit: strangersLimit });
      const oldest = first.map((key) => key.split('/')[1]!).find(isFolderOfBlobs);
      if (oldest === undefined) return;
      for (let name = newest; name >= oldest; name = folderBefore(name)) yield name;
    },
    async idsIn(name) {
      const keys = await bucket.list(`${prefix}${name}/`);
      return keys.map((key) => key.split('/').at(-1)!).filter(isId) as BlobId[];
    },
    folderIsEmpty: async () => undefined,
    async removeUnfinished(before) {
      await beOurs();
      const uploads = (await bucket.listUploads(prefix)).filter(({ key }) => {
        const id = key.split('/').at(-1)!;
        return isId(id) && beganAtMilliseconds(id as BlobId) < before;
      });
      for (const upload of uploads) await bucket.abortUpload(upload);
      return uploads.length + (await removeUnfinished(disk, places, before));
    },
    async requireRoomFor(sizeBytes) {
      if (trouble && performance.now() < trouble.until) throw refuseStorage(trouble.cause);
      if (!(await gate.hasRoomFor(sizeBytes))) throw refuseDiskFull();
    },
  };
}

function keyOf(id: BlobId): string {
  return `${prefix}${folderNameOf(id)}/${id}`;
}
