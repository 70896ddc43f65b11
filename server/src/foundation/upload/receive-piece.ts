/**
 * Takes the next piece of an upload while it arrives, with flat memory. It is cut into parts that are each durable when
 * they are counted, so that a broken line or a killed server costs a part at most. A piece with a checksum is kept
 * whole or not at all, as tus says.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { BlobWriter } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import type { Platform } from '#foundation/platform';
import { refuse } from './refusals.ts';
import { addParts, findUpload } from './upload-rows.ts';
import type { NewPart, UploadKey } from './upload-rows.ts';
import { maxUploadBytes, partBytes } from './upload.ts';
import type { Upload } from './upload.ts';

export interface Piece {
  readonly offsetBytes: number;
  /** Content-Length, where the client says it. */
  readonly sizeBytes: number | undefined;
  readonly checksum: { readonly algorithm: 'sha1' | 'sha256'; readonly digest: Buffer } | undefined;
  readonly body: AsyncIterable<Buffer>;
}

/** Resolves with the upload as it stands then; what arrived before a break is in it although this throws. */
export async function receivePiece(platform: Platform, key: UploadKey, piece: Piece): Promise<Upload> {
  const { database, blobs } = platform;
  const upload = await inTransaction(database.app, {}, (tx) => findUpload(tx, key));
  if (!upload) throw refuse('unknown', { id: key.id });
  if (upload.offsetBytes !== piece.offsetBytes) {
    throw refuse('offset_differs', { offset: upload.offsetBytes });
  }
  const remainingBytes = upload.sizeBytes - upload.offsetBytes;
  if ((piece.sizeBytes ?? 0) > remainingBytes) throw refuse('too_large', { limitBytes: maxUploadBytes });
  await blobs.requireRoomFor(piece.sizeBytes ?? remainingBytes);

  const intake = createIntake(platform, key, { upload, piece });
  try {
    for await (const chunk of piece.body) await intake.take(chunk);
  } catch (error) {
    await intake.breakOff();
    throw error;
  }
  return intake.end();
}

interface Intake {
  take(chunk: Buffer): Promise<void>;
  /** The line broke: without a checksum what is here counts. */
  breakOff(): Promise<void>;
  end(): Promise<Upload>;
}

function createIntake(
  platform: Platform,
  key: UploadKey,
  { upload, piece }: { upload: Upload; piece: Piece },
): Intake {
  const hash: Hash | undefined = piece.checksum && createHash(piece.checksum.algorithm);
  const finished: NewPart[] = [];
  let current = upload;
  let endBytes = upload.offsetBytes;
  let partStartBytes = endBytes;
  let writer: BlobWriter | undefined;

  const finishPart = async (): Promise<void> => {
    if (!writer) return;
    const ended = writer;
    writer = undefined;
    finished.push({ startBytes: partStartBytes, blob: await ended.finish() });
    partStartBytes = endBytes;
    if (!hash) await count();
  };

  const count = async (): Promise<void> => {
    if (finished.length === 0) return;
    const counted = await inTransaction(platform.database.app, {}, (tx) => addParts(tx, key, finished));
    if (!counted) throw await refuseOvertaken();
    finished.length = 0;
    current = counted;
  };

  const refuseOvertaken = async (): Promise<Error> => {
    const now = await inTransaction(platform.database.app, {}, (tx) => findUpload(tx, key));
    return now ? refuse('offset_differs', { offset: now.offsetBytes }) : refuse('unknown', { id: key.id });
  };

  /** Of what was not counted nothing stays; what a crash leaves here, the sweep of orphans finds. */
  const discard = async (): Promise<void> => {
    await writer?.discard();
    writer = undefined;
    for (const { blob } of finished.splice(0)) if (!blob.row) await platform.blobs.drop(blob.id);
  };

  return {
    async take(chunk) {
      if (endBytes + chunk.length > upload.sizeBytes)
        throw refuse('too_large', { limitBytes: maxUploadBytes });
      hash?.update(chunk);
      writer ??= platform.blobs.create();
      endBytes += chunk.length;
      await writer.write(chunk);
      if (endBytes - partStartBytes >= partBytes) await finishPart();
    },
    async breakOff() {
      try {
        if (!hash) await finishPart();
      } finally {
        await discard();
      }
    },
    async end() {
      try {
        await finishPart();
        if (hash && !hash.digest().equals(piece.checksum!.digest)) throw refuse('checksum_differs');
        await count();
        return current;
      } finally {
        await discard();
      }
    },
  };
}
