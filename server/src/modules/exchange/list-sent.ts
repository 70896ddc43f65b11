/** What the organisations of a system sent, a row for each recipient, refused ones too; and the history of one sending. */
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { readEntries, receiptOf } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { DeliveryId } from '#foundation/ids';
import { refusalEntry } from '#foundation/refusal';
import type { Caller } from './caller.ts';
import type { MessageKind, SentRecipient } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { maxListedRows } from './list-waiting.ts';
import { refuse } from './refusals.ts';
import { listLatestSentRows, listRecipientEntries, listSentRowsOf } from './store/sent-rows.ts';
import type { SentRow } from './store/sent-rows.ts';

export interface SentQuery {
  readonly kind: MessageKind;
  /** Only this sending; ignored when it is not one of the caller's, since VXP clients leave old ids in their headers. */
  readonly envelopeId?: string;
  readonly limitRows?: number;
}

/** A circular to every commune has 3,321 recipients, and its sender must see each. */
const maxRowsOfOne = 10_000;

export async function listSent(
  exchange: Exchange,
  caller: Caller,
  query: SentQuery,
): Promise<SentRecipient[]> {
  const organisations = caller.speaksFor;
  return inTransaction(exchange.platform.database.app, { organisations }, async (tx) => {
    const rowsOfOne = await rowsOf(tx, caller, query.envelopeId);
    if (rowsOfOne.length > 0) return rowsOfOne.map(present);
    const limitRows = Math.min(query.limitRows ?? maxListedRows, maxListedRows);
    return (await listLatestSentRows(tx, { organisations, kind: query.kind, limitRows })).map(present);
  });
}

export interface TimelineEvent {
  /** The recipient's copy that it is about; null for the sending itself. */
  readonly deliveryId: DeliveryId | null;
  readonly kind: string;
  readonly at: Temporal.Instant;
  /** Its payload is what the log commits to: the sender can prove what his recipients did. */
  readonly receipt: string;
}

/** The history of a sending and of each of its recipients, from the log. Only its sender may read it here. */
export async function readTimeline(
  exchange: Exchange,
  caller: Caller,
  envelopeId: string,
): Promise<TimelineEvent[]> {
  const organisations = caller.speaksFor;
  return inTransaction(exchange.platform.database.app, { organisations }, async (tx) => {
    const [row] = await rowsOf(tx, caller, envelopeId);
    if (!row) throw refuse('envelope_unknown', { id: envelopeId.slice(0, 64) });
    const { organisation_id: organisationId, envelope_id } = row;
    const own = await readEntries(tx, { organisationId, subjectId: envelope_id });
    const theirs = await listRecipientEntries(tx, { organisationId, envelopeId: envelope_id });
    return [
      ...own.map((entry) => ({
        deliveryId: null,
        kind: entry.kind,
        at: entry.at,
        receipt: receiptOf(entry),
      })),
      ...theirs.map(({ delivery_id, kind, recorded_at, payload, signature, key_id }) => ({
        deliveryId: delivery_id,
        kind,
        at: recorded_at,
        receipt: receiptOf({ payload, signature, keyId: key_id }),
      })),
    ];
  });
}

async function rowsOf(tx: Transaction, caller: Caller, envelopeId: string | undefined): Promise<SentRow[]> {
  if (envelopeId === undefined || !isId(envelopeId)) return [];
  return listSentRowsOf(tx, { organisations: caller.speaksFor, envelopeId, limitRows: maxRowsOfOne });
}

function present(row: SentRow): SentRecipient {
  return {
    envelopeId: row.envelope_id,
    deliveryId: row.delivery_id,
    kind: row.kind,
    fromCode: row.from_code,
    toCode: row.to_code,
    toName: row.to_name,
    documentId: row.document_id,
    subject: row.header.subject ?? null,
    number: row.header.number ?? null,
    notation: row.header.notation ?? null,
    promulgatedOn: row.header.promulgatedOn ?? null,
    acceptedAt: row.accepted_at,
    fetchedAt: row.fetched_at,
    doneAt: row.done_at,
    state: row.state,
    refusal: row.refusal_code ? { code: row.refusal_code, sentence: sentenceOf(row.refusal_code) } : null,
    overdueAt: row.overdue_at,
    businessStatus: row.business_status,
    businessStatusAt: row.business_status_at,
    businessStatusText: row.business_status_text,
    takingBack: row.taking_back && {
      act: row.taking_back_act!,
      outcome: row.taking_back,
      at: row.taking_back_at!,
      envelopeId: row.taken_back_by!,
    },
  };
}

function sentenceOf(refusalCode: string): string {
  return refusalSentences[refusalCode] ?? refusalEntry(refusalCode).vi;
}

/** About one recipient in a list, where the refusal's own sentence speaks of a whole request. */
const refusalSentences: Readonly<Record<string, string>> = {
  'exchange.recipient_unknown': 'Mã nơi nhận không có trong danh mục của trục.',
  'exchange.recipient_ended': 'Nơi nhận đã kết thúc hoạt động.',
};
