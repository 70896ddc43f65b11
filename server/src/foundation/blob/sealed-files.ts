/** Where the ciphertexts of large blobs lie: in a folder (`sealed-folder.ts`) or in a bucket (`sealed-bucket.ts`). */
import { BlobDamaged } from './blob.ts';
import type { BlobId } from '#foundation/ids';

export interface SealedFiles {
  /** Begins a file under a name that was never used and never will be again. */
  create(id: BlobId): IncomingFile;
  /** Gives a part of a file, in pieces of any size; each may be written over when the next one is asked for. */
  read(id: BlobId, range: SealedRange): AsyncIterable<Buffer>;
  /** A file that is not there is removed already. */
  remove(id: BlobId): Promise<void>;
  /**
   * Names of folders of finished files, newest first, from `newest` on; more than there are, perhaps. A folder is called
   * by the first hex digits of its blobs' ids, which are a time.
   */
  foldersFrom(newest: string): AsyncIterable<string>;
  idsIn(folder: string): Promise<BlobId[]>;
  /** Told when nothing is left in a folder. */
  folderIsEmpty(folder: string): Promise<void>;
  /** Removes what was begun before that time and never finished; returns how many there were. */
  removeUnfinished(beforeMilliseconds: number): Promise<number>;
  /** Refuses where so many bytes cannot be taken in now. */
  requireRoomFor(sizeBytes: number): Promise<void>;
}

export interface SealedRange {
  readonly startBytes: number;
  readonly endBytes: number;
  /** What the whole file must have, or the blob is damaged. */
  readonly totalBytes: number;
}

export interface IncomingFile {
  /**
   * Queues buffers to be written, which are the file's from now on: they are emptied once written. A promise means:
   * wait for it, too many bytes are waiting.
   */
  append(buffers: readonly Buffer[]): Promise<void> | undefined;
  /** Resolves when the file is whole, in its final place, and stays there through a power cut. */
  complete(): Promise<void>;
  /** Leaves no file behind. */
  remove(): Promise<void>;
}

export function missing(id: BlobId, cause?: unknown): BlobDamaged {
  return new BlobDamaged('blob.missing', id, 'has no file', { cause });
}

export function otherSize(id: BlobId, range: SealedRange, foundBytes: number): BlobDamaged {
  const message = `has ${foundBytes} bytes in its file instead of ${range.totalBytes}`;
  return new BlobDamaged('blob.corrupt', id, message);
}
