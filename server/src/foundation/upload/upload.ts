/** A file on its way in, and its limits. */
import type { BlobReference } from '#foundation/blob';
import type { Id } from '#foundation/ids';

export type UploadId = Id<'upload'>;

export interface Upload {
  readonly id: UploadId;
  readonly sizeBytes: number;
  /** So much of it is durable. */
  readonly offsetBytes: number;
  readonly fileName: string | null;
  readonly expiresAt: Temporal.Instant;
}

export interface UploadPart {
  readonly startBytes: number;
  readonly blob: BlobReference;
}

/** The largest package there can be; what is uploaded is a package or one of its attachments. */
export const maxUploadBytes = 2 * 1024 ** 3;

/** Of one owner. A letter has a handful of attachments; whoever has this many forgets to refer to them. */
export const maxUploads = 200;
export const maxUploadedBytes = 20 * 1024 ** 3;

/** Since the last byte: a night without a line must not cost what arrived the evening before. */
export const idleHours = 24;
/** Since its beginning: nobody keeps the axis as a store of files. */
export const lifeDays = 7;
/** After it was sent: a repeat of the sending still finds it. */
export const sentHours = 1;

/** A server that is killed loses no more of an upload than what came after its last finished part. */
export const partBytes = 16 * 1024 ** 2;
