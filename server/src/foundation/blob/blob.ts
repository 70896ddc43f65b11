/** What the rest of the system knows of a stored content: a reference to find and open it, and how it can be broken. */
import type { BlobId } from '#foundation/ids';

/** What a row that refers to a blob keeps, so that it can be read again. */
export interface BlobReference {
  readonly id: BlobId;
  /** Size of the plaintext. It also says where the blob lies: up to `largestRowBytes` in a row, else in a file. */
  readonly sizeBytes: number;
  /** The blob's own key, wrapped under the master key. Whoever deletes it destroys the content. */
  readonly key: Buffer;
}

export interface StoredBlob extends BlobReference {
  /** SHA-256 of the plaintext. */
  readonly digest: Buffer;
  /** The ciphertext of a small blob: the caller inserts it with `insertBlobRows`, in the transaction of its reference. */
  readonly row?: Buffer;
}

/** A blob up to this size becomes a row in PostgreSQL, within the commit of the fact; a larger one becomes a file. */
export const largestRowBytes = 65_536;

/** The world's fault, not the caller's: a blob that was acknowledged is not there, or is not what was stored. */
export class BlobDamaged extends Error {
  override readonly name = 'BlobDamaged';
  readonly code: 'blob.missing' | 'blob.corrupt';
  readonly blobId: BlobId;

  constructor(code: BlobDamaged['code'], blobId: BlobId, message: string, options?: ErrorOptions) {
    super(`${code}: blob ${blobId} ${message}`, options);
    this.code = code;
    this.blobId = blobId;
  }
}

/** What the wrapped key is authenticated for: a key moved to another blob's reference does not open. */
export function keyContext(id: BlobId): string {
  return `blob ${id}`;
}
