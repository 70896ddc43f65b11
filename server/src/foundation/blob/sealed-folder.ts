/** Sealed files in a folder of a local disk, or of one that several servers share: see `places.ts` for their names. */
import { join } from 'node:path';
import { isId } from '#foundation/ids';
import { createDiskGate } from './disk-gate.ts';
import { createFolderSync } from './folder-sync.ts';
import { beganAtMilliseconds, isFolderOfBlobs, placesIn } from './places.ts';
import { sealedChunkBytes } from './chunk-cipher.ts';
import { refuseDiskFull } from './refusals.ts';
import { missing, otherSize } from './sealed-files.ts';
import { createSpool } from './spool.ts';
import type { BlobId } from '#foundation/ids';
import type { BlobDamaged } from './blob.ts';
import type { Disk, ReadableFile } from './disk.ts';
import type { DiskGateOptions } from './disk-gate.ts';
import type { FolderSync } from './folder-sync.ts';
import type { Places } from './places.ts';
import type { IncomingFile, SealedFiles, SealedRange } from './sealed-files.ts';

/** A letter of 300 KB takes two reads. */
const windowBytes = 4 * sealedChunkBytes;

export function createSealedFolder(options: DiskGateOptions): SealedFiles {
  const { disk, folder } = options;
  const places = placesIn(folder);
  const folders = createFolderSync(disk);
  const gate = createDiskGate(options);
  const pathOf = (name: string): string => join(places.root, name);

  return {
    create: (id) => createIncomingFile(id, { disk, folders, places }),
    read: (id, range) => readFile(disk, places.file(id), { id, range }),
    async remove(id) {
      await disk.removeFile(places.file(id));
    },
    async *foldersFrom(newest) {
      const names = (await disk.list(places.root)).filter(isFolderOfBlobs);
      yield* names
        .filter((name) => name <= newest)
        .sort()
        .reverse();
    },
    idsIn: async (name) => blobIdsAmong(await disk.list(pathOf(name))),
    folderIsEmpty: (name) => disk.removeEmptyFolder(pathOf(name)),
    removeUnfinished: (before) => removeUnfinished(disk, places, before),
    async requireRoomFor(sizeBytes) {
      if (!(await gate.hasRoomFor(sizeBytes))) throw refuseDiskFull();
    },
  };
}

/** Files that a crash left in `incoming/`. */
export async function removeUnfinished(
  disk: Disk,
  places: Places,
  beforeMilliseconds: number,
): Promise<number> {
  const left = blobIdsAmong(await disk.list(places.incoming)).filter(
    (id) => beganAtMilliseconds(id) < beforeMilliseconds,
  );
  for (const id of left) await disk.removeFile(places.incomingFile(id));
  return left.length;
}

interface FolderContext {
  readonly disk: Disk;
  readonly folders: FolderSync;
  readonly places: Places;
}

function createIncomingFile(id: BlobId, { disk, folders, places }: FolderContext): IncomingFile {
  let place = places.incomingFile(id);
  const spool = createSpool(id, { disk, place: () => place });
  return {
    append: (buffers) => spool.append(buffers),
    async complete() {
      const file = await spool.written();
      try {
        await file.datasync();
        await folders.ensure(places.folderOf(id));
        await disk.rename(place, places.file(id));
        place = places.file(id);
        await Promise.all([folders.sync(places.folderOf(id)), spool.close()]);
      } catch (error) {
        throw await spool.fail(error);
      }
    },
    remove: () => spool.remove(),
  };
}

/** A folder may hold what is not ours, such as `lost+found` or an editor's copy: it is left alone. */
function blobIdsAmong(names: readonly string[]): BlobId[] {
  return names.filter(isId) as BlobId[];
}

async function* readFile(
  disk: Disk,
  path: string,
  { id, range }: { readonly id: BlobId; readonly range: SealedRange },
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(disk, path, id);
  try {
    if (file.sizeBytes !== range.totalBytes) throw otherSize(id, range, file.sizeBytes);
    yield* readWindows(file, range);
  } finally {
    await file.close();
  }
}

/** Ends early where the file does. One buffer is filled again and again. */
export async function* readWindows(
  file: ReadableFile,
  { startBytes, endBytes }: Omit<SealedRange, 'totalBytes'>,
): AsyncGenerator<Buffer, void, undefined> {
  const window = Buffer.allocUnsafeSlow(Math.min(endBytes - startBytes, windowBytes));
  for (let at = startBytes; at < endBytes;) {
    const wanted = window.subarray(0, Math.min(window.length, endBytes - at));
    const readBytes = await file.read(wanted, at);
    if (readBytes === 0) return;
    yield wanted.subarray(0, readBytes);
    at += readBytes;
  }
}

async function openFile(disk: Disk, path: string, id: BlobId): Promise<ReadableFile> {
  try {
    return await disk.openFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(id, error) satisfies BlobDamaged;
    throw new Error(`blob ${id} could not be opened`, { cause: error });
  }
}
