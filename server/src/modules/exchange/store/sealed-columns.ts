/** What this module keeps sealed under the master key: the keys of packages, with the sender and with each recipient. */
import { keyContext } from '#foundation/blob';
import type { BlobId } from '#foundation/ids';
import type { SealedColumn } from '#foundation/secrets';

export const sealedColumns: readonly SealedColumn[] = ['exchange.envelope', 'exchange.delivery'].map(
  (table) => ({
    table,
    column: 'package_key',
    primaryKey: ['organisation_id', 'id'],
    boundTo: ['package_id'],
    contextOf: ([packageId]) => keyContext(packageId as BlobId),
  }),
);
