/**
 * Names the part in which a document differs from the one that used its document id before. The former package is read
 * again for it: conflicts are rare, and keeping digests of every part with every envelope would cost each of the others.
 */
import { inTransaction } from '#foundation/db';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import { contentFields, createEdxmlReader, differingField } from './edxml/index.ts';
import type { DocumentMessage } from './edxml/index.ts';
import type { Exchange } from './exchange.ts';
import { getPackageOfEnvelope } from './store/sent-rows.ts';

export interface ConflictingDocument {
  readonly organisationId: OrganisationId;
  /** The envelope that has the document id. */
  readonly envelopeId: EnvelopeId;
  readonly message: DocumentMessage;
}

export async function findDifference(
  { platform }: Exchange,
  { organisationId, envelopeId, message }: ConflictingDocument,
): Promise<string> {
  const { key, ...former } = await inTransaction(
    platform.database.app,
    { organisations: [organisationId] },
    (tx) => getPackageOfEnvelope(tx, { organisationId, envelopeId }),
  );
  // Once the former content was destroyed, nobody can say more than that it was another.
  if (!key) return 'content';
  const reader = createEdxmlReader();
  for await (const chunk of platform.blobs.open({ ...former, key })) await reader.write(chunk);
  const formerMessage = await reader.end();
  if (formerMessage.kind !== 'document') return 'content';
  return differingField(contentFields(message), contentFields(formerMessage)) ?? 'content';
}
