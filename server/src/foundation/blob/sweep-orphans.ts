import { isId } from '#foundation/ids';
import { beganAtMilliseconds, folderEndMilliseconds, isFolderOfBlobs } from './places.ts';
import { join } from 'node:path';
import type { BlobId } from '#foundation/ids';
import type { Disk } from './disk.ts';
import type { Places } from './places.ts';

export interface SweepOptions {
  readonly now: Temporal.Instant;
  /** Which of these (at most 500) some row still refers to. Asked after the files were seen, so it misses none. */
  readonly isReferenced: (ids: readonly BlobId[]) => Promise<ReadonlySet<BlobId>>;
  /** How many finished files to look at in one call; the next call goes on where this one stopped. */
  readonly limit?: number;
}

export interface SweepReport {
  readonly examinedFiles: number;
  readonly removedFiles: number;
  /** Whether this call reached the oldest folder, so that the next one starts over with the newest. */
  readonly isComplete: boolean;
}

export interface Sweeper {
  sweep(options: SweepOptions): Promise<SweepReport>;
}

/**
 * No upload takes as long as this from its first byte to its commit (they are cut off long before), so what is older
 * and not referred to was left by a crash between rename and commit, or in the middle of an upload.
 */
const graceMilliseconds = 24 * 60 * 60 * 1000;
const defaultLimit = 10_000;
const idsPerQuestion = 500;

/** Goes from the newest folders to the oldest: orphans are left by crashes, and the last crash is the news. */
export function createSweeper(disk: Disk, places: Places): Sweeper {
  let nextFolder: string | undefined; // where the next call goes on; undefined: with the newest

  return {
    async sweep({ now, isReferenced, limit = defaultLimit }) {
      const horizon = now.epochMilliseconds - graceMilliseconds;
      let examinedFiles = 0;
      let removedFiles = await sweepIncoming(disk, places, horizon);
      const names = (await disk.list(places.root)).filter(isFolderOfBlobs);
      const folders = names
        .filter(
          (name) => folderEndMilliseconds(name) < horizon && (nextFolder === undefined || name <= nextFolder),
        )
        .sort()
        .reverse();
      nextFolder = undefined;
      for (const folder of folders) {
        if (examinedFiles >= limit) {
          nextFolder = folder;
          break;
        }
        const path = join(places.root, folder);
        const ids = blobIdsAmong(await disk.list(path));
        const orphans = await findOrphans(ids, isReferenced);
        for (const id of orphans) await disk.removeFile(places.file(id));
        if (orphans.length === ids.length) await disk.removeEmptyFolder(path);
        examinedFiles += ids.length;
        removedFiles += orphans.length;
      }
      return { examinedFiles, removedFiles, isComplete: nextFolder === undefined };
    },
  };
}

async function sweepIncoming(disk: Disk, places: Places, horizon: number): Promise<number> {
  const left = blobIdsAmong(await disk.list(places.incoming)).filter(
    (id) => beganAtMilliseconds(id) < horizon,
  );
  for (const id of left) await disk.removeFile(places.incomingFile(id));
  return left.length;
}

/** A folder may hold what is not ours, such as `lost+found` or an editor's copy: it is left alone. */
function blobIdsAmong(names: readonly string[]): BlobId[] {
  return names.filter(isId) as BlobId[];
}

async function findOrphans(
  ids: readonly BlobId[],
  isReferenced: SweepOptions['isReferenced'],
): Promise<BlobId[]> {
  const orphans: BlobId[] = [];
  for (let start = 0; start < ids.length; start += idsPerQuestion) {
    const asked = ids.slice(start, start + idsPerQuestion);
    const referenced = await isReferenced(asked);
    orphans.push(...asked.filter((id) => !referenced.has(id)));
  }
  return orphans;
}
