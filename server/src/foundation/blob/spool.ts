/**
 * A file on its way in. One write runs at a time, with all that was queued during the one before, so a slow disk
 * gets few and large writes. After a failure the file is removed at once and every later call fails with that reason.
 */
import { freeMemory } from '#foundation/memory';
import { writeFailure } from './refusals.ts';
import type { Disk, WritableFile } from './disk.ts';
import type { BlobId } from '#foundation/ids';

export interface Spool {
  /** Queues buffers, see `IncomingFile`. */
  append(buffers: readonly Buffer[]): Promise<void> | undefined;
  /** Resolves when all that was queued is in the file, which is still open. */
  written(): Promise<WritableFile>;
  /** Removes the file for that reason, and returns it as what callers are told. */
  fail(cause: unknown): Promise<Error>;
  /** The file is as it should be: closes it. */
  close(): Promise<void>;
  /** Leaves no file behind, after whatever was being written. */
  remove(): Promise<void>;
}

export interface SpoolOptions {
  readonly disk: Disk;
  /** Where the file lies now. */
  readonly place: () => string;
  /** Told how many bytes are in the file, after each write. */
  readonly onWritten?: (bytes: number) => void;
}

/** What may wait for the disk per blob; twice this (waiting and being written) is the memory a blob of any size takes. */
const queueLimitBytes = 512 * 1024;

export function createSpool(id: BlobId, { disk, place, onWritten }: SpoolOptions): Spool {
  let file: WritableFile | undefined;
  let queued: Buffer[] = [];
  let queuedBytes = 0;
  let writtenBytes = 0;
  let pumping: Promise<void> | undefined;
  let failure: Error | undefined;

  const pump = async (): Promise<void> => {
    try {
      file ??= await disk.createFile(place());
      while (queued.length > 0) {
        const batch = queued;
        const batchBytes = queuedBytes;
        queued = [];
        queuedBytes = 0;
        await file.append(batch);
        for (const buffer of batch) freeMemory(buffer);
        writtenBytes += batchBytes;
        onWritten?.(writtenBytes);
      }
    } catch (error) {
      await fail(error);
    } finally {
      pumping = undefined;
    }
  };

  const fail = async (cause: unknown): Promise<Error> => {
    failure ??= writeFailure(id, cause);
    queued = [];
    queuedBytes = 0;
    // The reason is the story; what cannot be removed now is found by the sweep of orphans.
    await abandon().catch(() => undefined);
    return failure;
  };

  const abandon = async (): Promise<void> => {
    await close();
    await disk.removeFile(place());
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
    async written() {
      await pumped();
      return file!;
    },
    fail,
    close,
    async remove() {
      await pumping;
      failure ??= new Error(`blob ${id} was discarded`);
      await abandon();
    },
  };
}
