import type { Transaction } from '#foundation/db';
import type { BlobId, EntryId, EnvelopeId, OrganisationId } from '#foundation/ids';

export interface ErasedRows {
  readonly entryId: EntryId;
  readonly packageId: BlobId;
  readonly packageDigest: Buffer;
  readonly wasContentThere: boolean;
}

/** Blanks what the rows of the envelope and of its copies tell of the document; undefined where there is none. */
export async function eraseRows(
  tx: Transaction,
  asked: {
    readonly organisationId: OrganisationId;
    readonly envelopeId: EnvelopeId;
    readonly withContent: boolean;
  },
): Promise<ErasedRows | undefined> {
  const [row] = await tx.query<ErasedRows>(
    `select entry_id as "entryId", package_id as "packageId", package_digest as "packageDigest",
       was_content_there as "wasContentThere"
     from exchange.erase_details($1, $2, $3)`,
    [asked.organisationId, asked.envelopeId, asked.withContent],
  );
  return row;
}
