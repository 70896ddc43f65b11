/**
 * An object on its way into a bucket. It is spooled to a local file, and while that grows, each part that is whole is
 * uploaded: so when the sender has sent his last byte, at most one part is left to go. What is no larger than a part is
 * put as one object. The spool is never flushed: until the bucket has acknowledged, nobody was promised anything.
 */
import { createHash } from 'node:crypto';
import { writeFailure } from './refusals.ts';
import { readWindows } from './sealed-folder.ts';
import { createSpool } from './spool.ts';
import type { Hash } from 'node:crypto';
import type { BlobId } from '#foundation/ids';
import type { Bucket, Content, OpenUpload, UploadedPart } from '#foundation/s3';
import type { Disk } from './disk.ts';
import type { IncomingFile } from './sealed-files.ts';

export interface IncomingObjectOptions {
  readonly bucket: Bucket;
  readonly disk: Disk;
  /** Of the spool. */
  readonly place: string;
  readonly key: string;
  /** Throws unless the bucket is ours. */
  readonly beOurs: () => Promise<void>;
  /** Told why the bucket did not take it. */
  readonly onTrouble: (cause: unknown) => void;
}

/** S3 wants 5 MiB at least and 10,000 parts at most; a letter is one object, the largest package 128 parts. */
export const partBytes = 16 * 1024 ** 2;
/** Of one object: its sender's line is rarely faster than that. */
const partsAtOnce = 3;

interface Part {
  readonly number: number;
  readonly startBytes: number;
  readonly content: Content;
}

export function createIncomingObject(id: BlobId, options: IncomingObjectOptions): IncomingFile {
  const { bucket, disk, place, key } = options;
  const parts: Part[] = [];
  let digest: Hash = createHash('sha256');
  let startBytes = 0;
  let cutBytes = 0;
  const aborting = new AbortController();
  let upload: Promise<OpenUpload> | undefined;
  let failure: unknown;
  const running = new Set<Promise<void>>();
  const waiting: Part[] = [];
  const uploaded: UploadedPart[] = [];

  const spool = createSpool(id, {
    disk,
    place: () => place,
    onWritten(writtenBytes) {
      while (parts.length > 0 && endOf(parts[0]!) <= writtenBytes) waiting.push(parts.shift()!);
      uploadWaiting();
    },
  });

  const uploadWaiting = (): void => {
    if (failure !== undefined) return;
    for (const part of waiting.splice(0, partsAtOnce - running.size)) {
      const work = uploadPart(part)
        .catch((error: unknown) => {
          failure ??= error;
          options.onTrouble(error);
        })
        .finally(() => {
          running.delete(work);
          uploadWaiting();
        });
      running.add(work);
    }
  };

  const beginUpload = async (): Promise<OpenUpload> => {
    await options.beOurs();
    return { key, uploadId: await bucket.beginUpload(key) };
  };

  const uploadPart = async ({ number, content }: Part): Promise<void> => {
    upload ??= beginUpload();
    uploaded.push(await bucket.putPart(await upload, number, content, aborting.signal));
  };

  /** Ends the part that is being filled. */
  const endPart = (): Part => {
    const sizeBytes = cutBytes - startBytes;
    const part = {
      number: Math.floor(startBytes / partBytes) + 1,
      startBytes,
      content: contentOf({ disk, place, startBytes, sizeBytes, sha256: digest.digest() }),
    };
    digest = createHash('sha256');
    startBytes = cutBytes;
    return part;
  };

  /** Sealed bytes come in pieces that know nothing of parts. A part ends when more follows: alone it is the whole object. */
  const measure = (buffer: Buffer): void => {
    for (let rest = buffer; rest.length > 0;) {
      if (cutBytes - startBytes === partBytes) parts.push(endPart());
      const piece = rest.subarray(0, partBytes - (cutBytes - startBytes));
      digest.update(piece);
      cutBytes += piece.length;
      rest = rest.subarray(piece.length);
    }
  };

  const allUploaded = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
    if (failure !== undefined) throw failure;
  };

  /** Best effort: what stays is aborted by the sweep. */
  const abortUpload = async (): Promise<void> => {
    aborting.abort();
    failure ??= new Error(`blob ${id} was discarded`);
    await Promise.all(running);
    const begun = await upload?.catch(() => undefined);
    if (begun) await bucket.abortUpload(begun).catch(() => undefined);
  };

  const store = async (): Promise<void> => {
    const last = endPart();
    if (last.number === 1) {
      await options.beOurs();
      await bucket.put(key, last.content);
      return;
    }
    waiting.push(...parts.splice(0), last);
    uploadWaiting();
    await allUploaded();
    uploaded.sort((a, b) => a.number - b.number);
    await bucket.completeUpload(await upload!, uploaded, cutBytes);
  };

  return {
    append(buffers) {
      for (const buffer of buffers) measure(buffer);
      if (failure !== undefined) return Promise.reject(writeFailure(id, failure));
      return spool.append(buffers);
    },
    async complete() {
      try {
        await spool.written();
        await store();
      } catch (error) {
        options.onTrouble(error);
        const told = await spool.fail(error);
        await abortUpload();
        throw told;
      }
      // The bucket has it: a spool that cannot be removed is only a file for the sweep.
      await spool.remove().catch(() => undefined);
    },
    async remove() {
      await abortUpload();
      await spool.remove();
    },
  };
}

function endOf({ startBytes, content }: Part): number {
  return startBytes + content.sizeBytes;
}

function contentOf(part: {
  readonly disk: Disk;
  readonly place: string;
  readonly startBytes: number;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
}): Content {
  const { disk, place, startBytes, sizeBytes, sha256 } = part;
  return {
    sizeBytes,
    sha256,
    async *open() {
      const file = await disk.openFile(place);
      try {
        yield* readWindows(file, { startBytes, endBytes: startBytes + sizeBytes });
      } finally {
        await file.close();
      }
    },
  };
}
