/** The answer to a sending, read back for a repeat of it: the same receipt, byte for byte. */
import { inTransaction } from '#foundation/db';
import { readEntry, receiptOf } from '#foundation/evidence';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { Exchange } from './exchange.ts';
import { getEntryOfEnvelope, listRefusedRecipients } from './store/sent-rows.ts';

export interface Sent {
  readonly envelopeId: EnvelopeId;
  /** One-line JWS; identical for every repeat. */
  readonly receipt: string;
  readonly repeated: boolean;
  /** The recipients that could not be reached, with the code of the reason. */
  readonly refused: readonly { readonly code: string; readonly reason: string }[];
}

export async function readSent(
  exchange: Exchange,
  organisationId: OrganisationId,
  envelopeId: EnvelopeId,
): Promise<Sent> {
  return inTransaction(exchange.platform.database.app, { organisations: [organisationId] }, async (tx) => {
    const entryId = await getEntryOfEnvelope(tx, { organisationId, envelopeId });
    const entry = await readEntry(tx, { organisationId, id: entryId });
    assert(entry, 'an envelope has its entry');
    const refused = await listRefusedRecipients(tx, { organisationId, envelopeId });
    return { envelopeId, receipt: receiptOf(entry), repeated: true, refused };
  });
}
