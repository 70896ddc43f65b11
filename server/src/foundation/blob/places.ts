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
  const folderOf = (id: BlobId) => join(root, id.replace('-', '').slice(0, folderDigits));
  return {
    root,
    incoming,
    incomingFile: (id) => join(incoming, id),
    folderOf,
    file: (id) => join(folderOf(id), id),
  };
}

export function isFolderOfBlobs(name: string): boolean {
  return folderName.test(name);
}

/** When the writing of a blob began, in milliseconds since 1970: the first 48 bits of its UUIDv7. */
export function beganAtMilliseconds(id: BlobId): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}

/** The last millisecond at which a blob of this folder can have begun. */
export function folderEndMilliseconds(folder: string): number {
  return Number.parseInt(folder.padEnd(12, 'f'), 16);
}
