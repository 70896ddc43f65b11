/** What the organisations of a system sent: page by page, and one sending with its recipients. Reading changes nothing. */
import { inTransaction } from '#foundation/db';
import { readEntry, receiptOf } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { Caller } from '../caller.ts';
import type { MessageKind } from '../envelope.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../refusals.ts';
import { findEnvelopeRow, listEnvelopeRows, listRecipientRows } from '../store/envelope-pages.ts';
import type { EnvelopeRow, RecipientRow } from '../store/envelope-pages.ts';

export type { EnvelopeRow, RecipientRow } from '../store/envelope-pages.ts';

export interface EnvelopeQuery {
  readonly kind: MessageKind;
  readonly documentId: string | undefined;
  readonly after: { readonly acceptedAt: Temporal.Instant; readonly id: string } | undefined;
  readonly limitRows: number;
}

/** Newest first. */
export async function listEnvelopes(
  exchange: Exchange,
  caller: Caller,
  { kind, documentId, after, limitRows }: EnvelopeQuery,
): Promise<EnvelopeRow[]> {
  const organisations = caller.speaksFor;
  return inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
    listEnvelopeRows(tx, {
      organisations,
      kind,
      documentId: documentId ?? null,
      after: after ?? null,
      limitRows,
    }),
  );
}

export interface EnvelopeView {
  readonly envelope: EnvelopeRow;
  readonly receipt: string;
  /** The first of them, in the order of the sender's list. */
  readonly recipients: readonly RecipientRow[];
}

export async function getEnvelope(
  exchange: Exchange,
  caller: Caller,
  { id, recipientRows }: { readonly id: string; readonly recipientRows: number },
): Promise<EnvelopeView> {
  return inEnvelope(exchange, caller, id, async (tx, envelope) => {
    const { organisation_id: organisationId, entry_id } = envelope;
    const entry = await readEntry(tx, { organisationId, id: entry_id });
    assert(entry, 'an envelope has its entry');
    const recipients = await listRecipientRows(tx, {
      organisationId,
      envelopeId: envelope.id,
      afterOrdinal: -1,
      limitRows: recipientRows,
    });
    return { envelope, receipt: receiptOf(entry), recipients };
  });
}

export async function listRecipients(
  exchange: Exchange,
  caller: Caller,
  asked: { readonly id: string; readonly afterOrdinal: number; readonly limitRows: number },
): Promise<RecipientRow[]> {
  return inEnvelope(exchange, caller, asked.id, (tx, { organisation_id: organisationId, id }) =>
    listRecipientRows(tx, { ...asked, organisationId, envelopeId: id }),
  );
}

async function inEnvelope<Result>(
  exchange: Exchange,
  caller: Caller,
  id: string,
  work: (tx: Parameters<typeof findEnvelopeRow>[0], envelope: EnvelopeRow) => Promise<Result>,
): Promise<Result> {
  if (!isId(id)) throw refuse('envelope_unknown', { id: id.slice(0, 64) });
  const organisations = caller.speaksFor;
  return inTransaction(exchange.platform.database.app, { organisations }, async (tx) => {
    const envelope = await findEnvelopeRow(tx, { organisations, id });
    if (!envelope) throw refuse('envelope_unknown', { id });
    return work(tx, envelope);
  });
}
