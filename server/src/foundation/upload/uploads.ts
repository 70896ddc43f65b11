/** What may be done with an upload beside adding to it: begin, look, read when it is whole, give up, clean up. */
import { inTransaction } from '#foundation/db';
import { isId, newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { refuse } from './refusals.ts';
import {
  countUploads,
  deleteExpired,
  deleteUpload,
  expireAt,
  findUpload,
  insertUpload,
  listParts,
} from './upload-rows.ts';
import type { UploadKey } from './upload-rows.ts';
import { maxUploadBytes, maxUploadedBytes, maxUploads, sentHours } from './upload.ts';
import type { Upload, UploadPart } from './upload.ts';

export async function beginUpload(
  platform: Platform,
  wanted: { readonly ownerId: string; readonly sizeBytes: number; readonly fileName: string | null },
): Promise<Upload> {
  if (wanted.sizeBytes > maxUploadBytes) throw refuse('too_large', { limitBytes: maxUploadBytes });
  await platform.blobs.requireRoomFor(wanted.sizeBytes);
  return inTransaction(platform.database.app, {}, async (tx) => {
    const open = await countUploads(tx, wanted.ownerId);
    if (open.count >= maxUploads || open.sizeBytes + wanted.sizeBytes > maxUploadedBytes) {
      throw refuse('too_many', { limit: maxUploads, limitBytes: maxUploadedBytes });
    }
    return insertUpload(tx, { ...wanted, id: newId<'upload'>() });
  });
}

export async function getUpload(platform: Platform, key: UploadKey): Promise<Upload> {
  const found = isId(key.id)
    ? await inTransaction(platform.database.app, {}, (tx) => findUpload(tx, key))
    : undefined;
  if (!found) throw refuse('unknown', { id: key.id.slice(0, 64) });
  return found;
}

export interface FinishedUpload extends Upload {
  /** May be read more than once. */
  open(): AsyncIterable<Buffer>;
}

/** A whole upload to read. Refuses one that is not whole. */
export async function getFinishedUpload(platform: Platform, key: UploadKey): Promise<FinishedUpload> {
  const upload = await getUpload(platform, key);
  if (upload.offsetBytes < upload.sizeBytes) {
    throw refuse('unfinished', { id: key.id, received: upload.offsetBytes, size: upload.sizeBytes });
  }
  const parts = await inTransaction(platform.database.app, {}, (tx) => listParts(tx, upload.id));
  return { ...upload, open: () => readParts(platform, parts) };
}

async function* readParts(platform: Platform, parts: readonly UploadPart[]): AsyncGenerator<Buffer> {
  for (const { blob } of parts) yield* platform.blobs.open(blob);
}

/** It was sent: it stays a little, for a repeat of the same request, and then makes room. */
export async function releaseUploads(platform: Platform, keys: readonly UploadKey[]): Promise<void> {
  await inTransaction(platform.database.app, {}, async (tx) => {
    const at = tx.now.add({ hours: sentHours });
    for (const key of keys) await expireAt(tx, key, at);
  });
}

export async function dropUpload(platform: Platform, key: UploadKey): Promise<void> {
  const blobs = isId(key.id)
    ? await inTransaction(platform.database.app, {}, (tx) => deleteUpload(tx, key))
    : undefined;
  if (!blobs) throw refuse('unknown', { id: key.id.slice(0, 64) });
  for (const id of blobs) await platform.blobs.drop(id);
}

const maxSweptAtOnce = 100;

/** Drops what nobody continued or sent in time. Returns how many. */
export async function sweepUploads(platform: Platform, signal: AbortSignal): Promise<number> {
  let dropped = 0;
  for (;;) {
    signal.throwIfAborted();
    const { count, blobs } = await inTransaction(platform.database.app, {}, (tx) =>
      deleteExpired(tx, maxSweptAtOnce),
    );
    for (const id of blobs) await platform.blobs.drop(id);
    dropped += count;
    if (count < maxSweptAtOnce) return dropped;
  }
}
