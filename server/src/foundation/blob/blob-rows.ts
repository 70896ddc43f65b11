/** Small blobs as rows of `blob.small`. */
import type { Pool } from 'pg';
import type { Transaction } from '#foundation/db';
import type { BlobId } from '#foundation/ids';
import type { StoredBlob } from './blob.ts';

/**
 * Inserts those of the blobs that are rows, in one statement, in the transaction of the rows that refer to them.
 *
 * The ciphertexts go as one binary parameter that PostgreSQL cuts up: as an array each byte would travel as two hex
 * digits, which costs both sides more than the encryption did.
 */
export async function insertBlobRows(tx: Transaction, blobs: readonly StoredBlob[]): Promise<void> {
  const rows = blobs.flatMap(({ id, row }) => (row ? [{ id, row }] : []));
  if (rows.length === 0) return;
  await tx.prepared(
    'insert-blob-rows',
    `insert into blob.small (id, ciphertext)
     select id, substring($3::bytea from (sum(size_bytes) over (order by ordinal) - size_bytes + 1)::integer for size_bytes)
     from unnest($1::uuid[], $2::integer[]) with ordinality as given (id, size_bytes, ordinal)`,
    [
      rows.map(({ id }) => id),
      rows.map(({ row }) => row.length),
      rows.length === 1 ? rows[0]!.row : Buffer.concat(rows.map(({ row }) => row)),
    ],
  );
}

export async function readBlobRow(pool: Pool, id: BlobId): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ ciphertext: Buffer }>({
    name: 'read-blob-row',
    text: `select ciphertext from blob.small where id = $1`,
    values: [id],
  });
  return rows[0]?.ciphertext;
}

/** Those of the blobs that are rows, in the transaction that deletes what refers to them. */
export async function deleteBlobRows(tx: Transaction, ids: readonly BlobId[]): Promise<void> {
  await tx.query('delete from blob.small where id = any ($1::uuid[])', [ids]);
}

export async function deleteBlobRow(pool: Pool, id: BlobId): Promise<void> {
  await pool.query(`delete from blob.small where id = $1`, [id]);
}
