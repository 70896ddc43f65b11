import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refuse } from './refusals.ts';

/** Beside what is written: the disk may be that of a running database, which must not be brought to its end. */
const leftFreeBytes = 256 * 1024 ** 2;

/** Before anything is written, since a copy that fails at its end has cost hours. */
export async function requireRoom(target: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(await nearestFolder(target));
  const freeBytes = bavail * bsize;
  const neededBytes = sizeBytes + leftFreeBytes;
  if (freeBytes >= neededBytes) return;
  throw refuse('no_room', { target, free: inMegabytes(freeBytes), needed: inMegabytes(neededBytes) });
}

/** The bytes of all files below a folder; those that vanish meanwhile do not count. */
export async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    sizeBytes += found?.size ?? 0;
  }
  return sizeBytes;
}

async function nearestFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? path : nearestFolder(dirname(path));
}

function inMegabytes(sizeBytes: number): string {
  return `${Math.ceil(sizeBytes / 1e6)} MB`;
}
