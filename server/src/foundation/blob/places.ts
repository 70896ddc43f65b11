/**
 * Where blobs lie below the store's folder. Finished files are spread by the first 7 hex digits of their UUIDv7, a
 * time in units of about 17 minutes: few enough files a folder, and all who write at one time share its flush.
 */
import { join } from 'node:path';
import type { BlobId } from '#foundation/ids';

export interface Places {
  readonly incoming: string;
  readonly root: string;
  incomingFile(id: BlobId): string;
  folderOf(id: BlobId): string;
  file(id: BlobId): string;
}

const folderDigits = 7;
const folderName = /^[0-9a-f]{7}$/;

export function placesIn(root: string): Places {
  const incoming = join(root, 'incoming');
  const folderOf = (id: BlobId) => join(root, folderNameOf(id));
  return {
    root,
    incoming,
    incomingFile: (id) => join(incoming, id),
    folderOf,
    file: (id) => join(folderOf(id), id),
  };
}

export function folderNameOf(id: BlobId): string {
  return id.replace('-', '').slice(0, folderDigits);
}

/** The folder of blobs that begin at that time. */
export function folderAt(milliseconds: number): string {
  return milliseconds.toString(16).padStart(12, '0').slice(0, folderDigits);
}

/** The one that was filled before it, 17 minutes earlier. */
export function folderBefore(folder: string): string {
  return (Number.parseInt(folder, 16) - 1).toString(16).padStart(folderDigits, '0');
}

export function isFolderOfBlobs(name: string): boolean {
  return folderName.test(name);
}

/** When the writing of a blob began, in milliseconds since 1970: the first 48 bits of its UUIDv7. */
export function beganAtMilliseconds(id: BlobId): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}
