import { writeFailure } from './refusals.ts';
import type { Disk, WritableFile } from './disk.ts';
import type { FolderSync } from './folder-sync.ts';
import type { Places } from './places.ts';
import type { BlobId } from '#foundation/ids';

export interface IncomingFile {
  /**
   * Queues buffers to be written, which are the file's from now on: they are emptied once written. A promise means:
   * wait for it, more than `queueLimitBytes` are waiting.
   */
  append(buffers: readonly Buffer[]): Promise<void> | undefined;
  /** Resolves when the file is whole, in its final place, and stays there through a power cut. */
  complete(): Promise<void>;
  /** Leaves no file behind. */
  remove(): Promise<void>;
}

export interface IncomingFileOptions {
  readonly disk: Disk;
  readonly folders: FolderSync;
  readonly places: Places;
}

/** What may wait for the disk per blob; twice this (waiting and being written) is the memory a blob of any size takes. */
const queueLimitBytes = 512 * 1024;

/**
 * A file on its way in. One write runs at a time, with all that was queued during the one before, so a slow disk
 * gets few and large writes. After a failure the file is removed at once and every later call fails with that reason.
 */
export function createIncomingFile(id: BlobId, { disk, folders, places }: IncomingFileOptions): IncomingFile {
  let file: WritableFile | undefined;
  let queued: Buffer[] = [];
  let queuedBytes = 0;
  let pumping: Promise<void> | undefined;
  let failure: Error | undefined;
  let place = places.incomingFile(id);

  const pump = async (): Promise<void> => {
    try {
      file ??= await disk.createFile(place);
      while (queued.length > 0) {
        const batch = queued;
        queued = [];
        queuedBytes = 0;
        await file.append(batch);
        for (const buffer of batch) freeMemory(buffer);
      }
    } catch (error) {
      await fail(error);
    } finally {
      pumping = undefined;
    }
  };

  const fail = async (cause: unknown): Promise<void> => {
    failure ??= writeFailure(id, cause);
    queued = [];
    queuedBytes = 0;
    // The reason is the story; what cannot be removed now is found by the sweep of orphans.
    await abandon().catch(() => undefined);
  };

  const abandon = async (): Promise<void> => {
    await close();
    await disk.removeFile(place);
  };

  const close = async (): Promise<void> => {
    const open = file;
    file = undefined;
    await open?.close();
  };

  const pumped = async (): Promise<void> => {
    await pumping;
    if (failure) throw failure;
  };

  return {
    append(buffers) {
      if (failure) return Promise.reject(failure);
      for (const buffer of buffers) {
        queued.push(buffer);
        queuedBytes += buffer.length;
      }
      pumping ??= pump();
      return queuedBytes > queueLimitBytes ? pumped() : undefined;
    },
    async complete() {
      await pumped();
      try {
        await file!.datasync();
        await folders.ensure(places.folderOf(id));
        await disk.rename(place, places.file(id));
        place = places.file(id);
        await Promise.all([folders.sync(places.folderOf(id)), close()]);
      } catch (error) {
        await fail(error);
        throw failure;
      }
    },
    async remove() {
      await pumping;
      failure ??= new Error(`blob ${id} was discarded`);
      await abandon();
    },
  };
}

/**
 * Gives the memory back at once. Left to the garbage collector, some 60 MB of buffers already written would lie about
 * during a large upload, because V8 sees only how small the objects are that hold them.
 */
function freeMemory(buffer: Buffer): void {
  const { buffer: memory } = buffer;
  const isAlone = buffer.byteLength === memory.byteLength;
  if (isAlone && memory instanceof ArrayBuffer) memory.transfer(0);
}
