/** Uploads and their parts in PostgreSQL, which all server processes share. */
import { insertBlobRows } from '#foundation/blob';
import type { StoredBlob } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import type { BlobId } from '#foundation/ids';
import { idleHours, lifeDays } from './upload.ts';
import type { Upload, UploadId, UploadPart } from './upload.ts';

interface UploadRow {
  readonly id: UploadId;
  readonly size_bytes: number;
  readonly offset_bytes: number;
  readonly file_name: string | null;
  readonly expires_at: Temporal.Instant;
}

const columns = 'id, size_bytes, offset_bytes, file_name, expires_at';

export interface UploadKey {
  readonly ownerId: string;
  readonly id: string;
}

/** Locks out others who begin an upload for the same owner, so that counting them is exact. */
export async function countUploads(
  tx: Transaction,
  ownerId: string,
): Promise<{ count: number; sizeBytes: number }> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('upload ' || $1, 0))`, [ownerId]);
  const [row] = await tx.query<{ count: number; size_bytes: string }>(
    `select count(*) as count, coalesce(sum(size_bytes), 0)::text as size_bytes
     from upload.upload
     where owner_id = $1
       and expires_at > $2`,
    [ownerId, tx.now.toString()],
  );
  return { count: row!.count, sizeBytes: Number(row!.size_bytes) };
}

export async function insertUpload(
  tx: Transaction,
  upload: UploadKey & { readonly sizeBytes: number; readonly fileName: string | null },
): Promise<Upload> {
  const [row] = await tx.query<UploadRow>(
    `insert into upload.upload (id, owner_id, size_bytes, file_name, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)
     returning ${columns}`,
    [
      upload.id,
      upload.ownerId,
      upload.sizeBytes,
      upload.fileName,
      tx.now.toString(),
      tx.now.add({ hours: idleHours }).toString(),
    ],
  );
  return present(row!);
}

export async function findUpload(tx: Transaction, key: UploadKey): Promise<Upload | undefined> {
  const [row] = await tx.query<UploadRow>(
    `select ${columns}
     from upload.upload
     where id = $1
       and owner_id = $2
       and expires_at > $3`,
    [key.id, key.ownerId, tx.now.toString()],
  );
  return row && present(row);
}

export interface NewPart {
  readonly startBytes: number;
  readonly blob: StoredBlob;
}

/**
 * Adds parts that follow what is there. Undefined when something else was added meanwhile: of two who continue one
 * upload, by whichever processes, only one goes on.
 */
export async function addParts(
  tx: Transaction,
  key: UploadKey,
  parts: readonly NewPart[],
): Promise<Upload | undefined> {
  const startBytes = parts[0]!.startBytes;
  const sizeBytes = parts.reduce((sum, { blob }) => sum + blob.sizeBytes, 0);
  const [row] = await tx.query<UploadRow>(
    `update upload.upload
     set offset_bytes = offset_bytes + $4,
       expires_at = least($5::timestamptz, created_at + make_interval(days => $6))
     where id = $1
       and owner_id = $2
       and offset_bytes = $3
       and expires_at > $7
     returning ${columns}`,
    [
      key.id,
      key.ownerId,
      startBytes,
      sizeBytes,
      tx.now.add({ hours: idleHours }).toString(),
      lifeDays,
      tx.now.toString(),
    ],
  );
  if (!row) return undefined;
  await tx.query(
    `insert into upload.part (upload_id, start_bytes, size_bytes, blob_id, blob_key)
     select $1, start_bytes, size_bytes, blob_id, decode(blob_key, 'hex')
     from unnest($2::bigint[], $3::bigint[], $4::uuid[], $5::text[])
       as given (start_bytes, size_bytes, blob_id, blob_key)`,
    [
      key.id,
      parts.map((part) => part.startBytes),
      parts.map(({ blob }) => blob.sizeBytes),
      parts.map(({ blob }) => blob.id),
      parts.map(({ blob }) => blob.key.toString('hex')),
    ],
  );
  await insertBlobRows(
    tx,
    parts.map(({ blob }) => blob),
  );
  return present(row);
}

export async function listParts(tx: Transaction, id: UploadId): Promise<UploadPart[]> {
  const rows = await tx.query<{ start_bytes: number; size_bytes: number; blob_id: BlobId; blob_key: Buffer }>(
    `select start_bytes, size_bytes, blob_id, blob_key
     from upload.part
     where upload_id = $1
     order by start_bytes`,
    [id],
  );
  return rows.map((row) => ({
    startBytes: row.start_bytes,
    blob: { id: row.blob_id, sizeBytes: row.size_bytes, key: row.blob_key },
  }));
}

/** Brings the end nearer, never further away. */
export async function expireAt(tx: Transaction, key: UploadKey, at: Temporal.Instant): Promise<void> {
  await tx.query(
    `update upload.upload
     set expires_at = least(expires_at, $3)
     where id = $1
       and owner_id = $2`,
    [key.id, key.ownerId, at.toString()],
  );
}

/** Deletes an upload with its parts; the files of the returned blobs are the caller's to drop after the commit. */
export async function deleteUpload(tx: Transaction, key: UploadKey): Promise<BlobId[] | undefined> {
  const [found] = await tx.query<{ id: UploadId }>(
    `select id
     from upload.upload
     where id = $1
       and owner_id = $2
     for update`,
    [key.id, key.ownerId],
  );
  return found && deleteUploads(tx, [found.id]);
}

/** At most so many that ended: another process, sweeping too, takes others. */
export async function deleteExpired(
  tx: Transaction,
  limit: number,
): Promise<{ count: number; blobs: BlobId[] }> {
  const expired = await tx.query<{ id: UploadId }>(
    `select id
     from upload.upload
     where expires_at <= $1
     order by expires_at
     limit $2
     for update skip locked`,
    [tx.now.toString(), limit],
  );
  const ids = expired.map(({ id }) => id);
  return { count: ids.length, blobs: await deleteUploads(tx, ids) };
}

/** Contents that are rows go within the transaction; those that are files after it, or by the sweep of orphans. */
async function deleteUploads(tx: Transaction, ids: readonly UploadId[]): Promise<BlobId[]> {
  const parts = await tx.query<{ blob_id: BlobId }>(
    `delete from upload.part
     where upload_id = any ($1::uuid[])
     returning blob_id`,
    [ids],
  );
  const blobs = parts.map(({ blob_id }) => blob_id);
  await tx.query('delete from blob.small where id = any ($1::uuid[])', [blobs]);
  await tx.query('delete from upload.upload where id = any ($1::uuid[])', [ids]);
  return blobs;
}

/** Which of these files are parts of an upload: for the sweep of files that nothing refers to. */
export async function findUploadedBlobs(
  tx: Transaction,
  ids: readonly BlobId[],
): Promise<ReadonlySet<BlobId>> {
  const rows = await tx.query<{ blob_id: BlobId }>(
    'select blob_id from upload.part where blob_id = any ($1::uuid[])',
    [ids],
  );
  return new Set(rows.map(({ blob_id }) => blob_id));
}

function present(row: UploadRow): Upload {
  return {
    id: row.id,
    sizeBytes: row.size_bytes,
    offsetBytes: row.offset_bytes,
    fileName: row.file_name,
    expiresAt: row.expires_at,
  };
}
