/**
 * The disk as the blob store needs it. It is this narrow so that a test can put one behind it that loses power
 * (and with it everything that was not flushed) or runs full, and the benchmark one with slow flushes.
 */
import {
  close,
  fdatasync,
  fstat,
  mkdir,
  open,
  read,
  readdir,
  rename,
  rmdir,
  statfs,
  unlink,
  writev,
} from 'node:fs';
import { promisify } from 'node:util';
import { syncFolder } from '#foundation/disk';

export interface Disk {
  /** Creates a file that must not be there yet. */
  createFile(path: string): Promise<WritableFile>;
  openFile(path: string): Promise<ReadableFile>;
  rename(from: string, to: string): Promise<void>;
  /** Whether there was such a file. */
  removeFile(path: string): Promise<boolean>;
  /** Makes a folder and those above it; one that is there already is left as it is. */
  makeFolder(path: string): Promise<void>;
  /** Removes a folder if it is empty, else leaves it. */
  removeEmptyFolder(path: string): Promise<void>;
  /** Makes creations, renames and removals in a folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** The names in a folder, in no order. */
  list(path: string): Promise<string[]>;
  space(path: string): Promise<{ freeBytes: number; totalBytes: number }>;
}

export interface WritableFile {
  /** Appends all the buffers. */
  append(buffers: readonly Buffer[]): Promise<void>;
  /** Makes the content survive a power cut. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableFile {
  readonly sizeBytes: number;
  /** Fills the buffer from the position on; returns how many bytes there were. */
  read(into: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

// Callbacks made into promises cost half the CPU of node:fs/promises and its FileHandle objects, per blob.
const disk = {
  close: promisify(close),
  fdatasync: promisify(fdatasync),
  fstat: promisify(fstat),
  mkdir: promisify(mkdir),
  open: promisify(open),
  read: promisify(read),
  readdir: promisify(readdir),
  rename: promisify(rename),
  rmdir: promisify(rmdir),
  statfs: promisify(statfs),
  unlink: promisify(unlink),
  writev: promisify(writev),
};

export const localDisk: Disk = {
  async createFile(path) {
    const descriptor = await disk.open(path, 'wx', 0o600);
    return {
      append: (buffers) => appendAll(descriptor, buffers),
      datasync: () => disk.fdatasync(descriptor),
      close: () => disk.close(descriptor),
    };
  },
  async openFile(path) {
    const descriptor = await disk.open(path, 'r');
    const { size } = await disk.fstat(descriptor);
    return {
      sizeBytes: size,
      read: (into, position) => readFully(descriptor, into, position),
      close: () => disk.close(descriptor),
    };
  },
  rename: (from, to) => disk.rename(from, to),
  removeFile: (path) => whetherThere(disk.unlink(path)),
  async makeFolder(path) {
    await disk.mkdir(path, { recursive: true, mode: 0o700 });
  },
  async removeEmptyFolder(path) {
    await disk.rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
    });
  },
  syncFolder,
  list: (path) => disk.readdir(path),
  async space(path) {
    const { bavail, blocks, bsize } = await disk.statfs(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};

/** A write may take only a part, for instance when the disk is just about to be full; the next one then says so. */
async function appendAll(descriptor: number, buffers: readonly Buffer[]): Promise<void> {
  let rest = [...buffers];
  while (rest.length > 0) {
    const { bytesWritten } = await disk.writev(descriptor, rest);
    rest = withoutFirst(rest, bytesWritten);
  }
}

function withoutFirst(buffers: readonly Buffer[], countBytes: number): Buffer[] {
  const rest: Buffer[] = [];
  for (const buffer of buffers) {
    if (countBytes >= buffer.length) countBytes -= buffer.length;
    else {
      rest.push(buffer.subarray(countBytes));
      countBytes = 0;
    }
  }
  return rest;
}

async function readFully(descriptor: number, into: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await disk.read(descriptor, into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function whetherThere(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
