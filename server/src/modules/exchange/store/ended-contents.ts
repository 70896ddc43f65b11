/** Contents that nobody needs any more, of all organisations; and the one way to delete their keys. */
import type { Transaction } from '#foundation/db';
import type { BlobId, EnvelopeId, OrganisationId } from '#foundation/ids';

export interface EndedContent {
  readonly organisationId: OrganisationId;
  readonly id: EnvelopeId;
}

/** Up to `limit` envelopes, by organisation, of which every copy ended before that time. */
export async function listEndedContents(
  tx: Transaction,
  { before, limit }: { readonly before: Temporal.Instant; readonly limit: number },
): Promise<EndedContent[]> {
  return tx.query<{ organisationId: OrganisationId; id: EnvelopeId }>(
    `select organisation_id as "organisationId", id
     from exchange.ended_contents($1::timestamptz, $2)
     order by organisation_id, id`,
    [before.toString(), limit],
  );
}

export interface DestroyedContent {
  readonly id: EnvelopeId;
  readonly packageId: BlobId;
  readonly sizeBytes: number;
  readonly digest: Buffer;
  /** How many recipients had a copy. */
  readonly recipients: number;
}

/** Deletes the keys of those of this organisation's envelopes that are still to go, and returns them. */
export async function destroyEndedContents(
  tx: Transaction,
  asked: {
    readonly organisationId: OrganisationId;
    readonly ids: readonly EnvelopeId[];
    readonly before: Temporal.Instant;
  },
): Promise<DestroyedContent[]> {
  return tx.query<{
    id: EnvelopeId;
    packageId: BlobId;
    sizeBytes: number;
    digest: Buffer;
    recipients: number;
  }>(
    `select id, package_id as "packageId", package_size_bytes as "sizeBytes", package_digest as digest, recipients
     from exchange.destroy_contents($1, $2::uuid[], $3::timestamptz)`,
    [asked.organisationId, asked.ids, asked.before.toString()],
  );
}
