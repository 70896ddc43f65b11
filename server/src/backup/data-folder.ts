/** What of a data folder goes into a backup. What a later part of the system keeps there goes with it by itself. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Selection {
  readonly withKeys: boolean;
}

/** Every file but the contents, which have their own order of copying. */
export async function* listDataFiles(dataFolder: string, selection: Selection): AsyncGenerator<string> {
  for await (const path of walk(dataFolder, '')) {
    if (!path.startsWith('blobs/') && isKept(path, selection)) yield path;
  }
}

/** Below `DIR/blobs`, the contents that are finished; those on their way in are referred to by nobody. */
export async function* listBlobFiles(blobsFolder: string): AsyncGenerator<string> {
  for await (const path of walk(blobsFolder, '')) {
    if (!path.startsWith('incoming/')) yield path;
  }
}

/** `DIR/last-backup.json`, by which the doctor tells how old the newest backup is. */
export const lastBackupName = 'last-backup.json';

/** `instance` names the cluster of this folder, which for root lies elsewhere: a restored folder gets its own. */
const ofThisPlace = new Set(['instance', lastBackupName]);
/** Being written: what they will be called is copied, or it is not there yet. */
const unfinished = /\.(new|[0-9a-f]{8})$/;
/** Opens the cluster, to which whoever has the cluster's files needs no password. */
const passwords = 'keys/postgresql.json';

function isKept(path: string, { withKeys }: Selection): boolean {
  if (ofThisPlace.has(path) || unfinished.test(path)) return false;
  if (path === passwords) return true;
  return withKeys || !(path.startsWith('keys/') || path === 'sandbox.json');
}

async function* walk(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // The embedded cluster of a plain user, with PostgreSQL's sockets beside it; it is copied by its own protocol.
    if (path === 'postgresql') continue;
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) yield path;
  }
}
