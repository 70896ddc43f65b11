import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

export interface FolderSync {
  /** Resolves when every change made in the folder before this call survives a power cut. */
  sync(folder: string): Promise<void>;
  /** Makes the folder, and its name in the one above it durable; remembers the newest few that it made. */
  ensure(folder: string): Promise<void>;
}

/** Folders change every 17 minutes; a writer that took longer than this many of them only flushes once more. */
const rememberedFolders = 16;

/**
 * Flushes of folders, shared: one flush serves everyone who renamed before it began. Whoever comes while one is
 * running waits for the next, since the running one may have passed his rename by.
 */
export function createFolderSync(disk: Disk): FolderSync {
  const folders = new Map<string, { running: Promise<void>; next: Promise<void> | undefined }>();
  const ensured = new Map<string, Promise<void>>();

  const sync = (folder: string): Promise<void> => {
    const state = folders.get(folder) ?? { running: Promise.resolve(), next: undefined };
    folders.set(folder, state);
    state.next ??= state.running
      .catch(() => undefined) // That flush failed those who waited for it; this one is asked anew.
      .then(() => {
        state.next = undefined;
        state.running = disk.syncFolder(folder).finally(() => {
          if (state.next === undefined) folders.delete(folder);
        });
        return state.running;
      });
    return state.next;
  };

  return {
    sync,
    ensure(folder) {
      const known = ensured.get(folder);
      if (known) return known;
      const made = disk.makeFolder(folder).then(() => sync(dirname(folder)));
      ensured.set(folder, made);
      made.catch(() => ensured.delete(folder));
      for (const oldest of ensured.keys()) {
        if (ensured.size <= rememberedFolders) break;
        ensured.delete(oldest);
      }
      return made;
    },
  };
}
