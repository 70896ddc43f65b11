import { setTimeout as sleep } from 'node:timers/promises';
import type { Disk } from '../server/src/foundation/blob/index.ts';

/** A flush keeps one of libuv's threads busy, so no more than these can be under way at once. */
const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

/**
 * The same disk with a flush that takes so much longer. Many virtual disks acknowledge a flush in microseconds, because
 * they do not flush; what is measured there says nothing about the disk of an agency.
 */
export function withFlushDelay(disk: Disk, milliseconds: number): Disk {
  if (milliseconds === 0) return disk;
  let busy = 0;
  const waiting: (() => void)[] = [];

  const slowly = async (flush: () => Promise<void>): Promise<void> => {
    if (busy === threads) await new Promise<void>((resolve) => void waiting.push(resolve));
    else busy += 1;
    try {
      await Promise.all([flush(), sleep(milliseconds)]);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };

  return {
    ...disk,
    syncFolder: (path) => slowly(() => disk.syncFolder(path)),
    async createFile(path) {
      const file = await disk.createFile(path);
      return { ...file, datasync: () => slowly(() => file.datasync()) };
    },
  };
}
