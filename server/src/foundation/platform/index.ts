/** What every use case is given: the database, the store of contents, the secrets and the key that signs receipts. */
import type { BlobStore } from '#foundation/blob';
import type { Database } from '#foundation/db';
import type { ReceiptSigner } from '#foundation/evidence';
import type { SecretBox } from '#foundation/secrets';

export interface Platform {
  readonly database: Database;
  readonly receipts: ReceiptSigner;
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
}
