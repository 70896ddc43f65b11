import { folderAt, folderBefore } from './places.ts';
import type { BlobId } from '#foundation/ids';
import type { SealedFiles } from './sealed-files.ts';

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
/** In a bucket each folder is a request, also where it is empty: ten days' worth are some seconds. */
const foldersPerCall = 1_000;

/** Goes from the newest folders to the oldest: orphans are left by crashes, and the last crash is the news. */
export function createSweeper(files: SealedFiles): Sweeper {
  let nextFolder: string | undefined; // where the next call goes on; undefined: with the newest

  return {
    async sweep({ now, isReferenced, limit = defaultLimit }) {
      const horizon = now.epochMilliseconds - graceMilliseconds;
      let examinedFiles = 0;
      let examinedFolders = 0;
      let removedFiles = await files.removeUnfinished(horizon);
      // The folder of the horizon itself may hold younger files.
      const newest = nextFolder ?? folderBefore(folderAt(horizon));
      nextFolder = undefined;
      for await (const folder of files.foldersFrom(newest)) {
        if (examinedFiles >= limit || examinedFolders >= foldersPerCall) {
          nextFolder = folder;
          break;
        }
        const ids = await files.idsIn(folder);
        const orphans = await findOrphans(ids, isReferenced);
        for (const id of orphans) await files.remove(id);
        if (orphans.length === ids.length) await files.folderIsEmpty(folder);
        examinedFiles += ids.length;
        examinedFolders += 1;
        removedFiles += orphans.length;
      }
      return { examinedFiles, removedFiles, isComplete: nextFolder === undefined };
    },
  };
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
