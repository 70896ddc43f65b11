/** What is kept sealed under the master key here: the keys of the parts. */
import { keyContext } from '#foundation/blob';
import type { BlobId } from '#foundation/ids';
import type { SealedColumn } from '#foundation/secrets';

export const uploadSealedColumns: readonly SealedColumn[] = [
  {
    table: 'upload.part',
    column: 'blob_key',
    primaryKey: ['upload_id', 'start_bytes'],
    boundTo: ['blob_id'],
    contextOf: ([blobId]) => keyContext(blobId as BlobId),
  },
];
