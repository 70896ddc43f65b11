/** What waits for the organisations that a system receives for. Listing changes nothing and proves nothing. */
import { inTransaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId } from '#foundation/ids';
import type { Caller } from './caller.ts';
import type { DeliveryState } from './delivery.ts';
import type { MessageKind } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { countWaitingRows, listWaitingRows } from './store/mailbox-rows.ts';

export interface WaitingDelivery {
  readonly deliveryId: DeliveryId;
  readonly envelopeId: EnvelopeId;
  readonly kind: MessageKind;
  /** The codes as the message wrote them. */
  readonly fromCode: string;
  readonly toCode: string;
  readonly documentId: string;
  readonly subject: string | null;
  readonly priority: number;
  readonly state: DeliveryState;
  readonly acceptedAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
  readonly sizeBytes: number;
  readonly digest: Buffer;
}

export interface WaitingQuery {
  readonly kind: MessageKind;
  /** Counted from 1. Without it: the first rows up to the limit. */
  readonly page?: { readonly index: number; readonly sizeRows: number };
  /** Days in Vietnam, both included. */
  readonly from?: Temporal.PlainDate;
  readonly to?: Temporal.PlainDate;
}

/** Real clients take the whole list; more than this they would not handle before the next poll. */
export const maxListedRows = 1_000;
/** A deep page is an error of the client: mail leaves the list when it is confirmed. */
const maxSkippedRows = 100_000;

export async function listWaiting(
  exchange: Exchange,
  caller: Caller,
  query: WaitingQuery,
): Promise<WaitingDelivery[]> {
  const sizeRows = Math.min(query.page?.sizeRows ?? maxListedRows, maxListedRows);
  const skipRows = Math.min(((query.page?.index ?? 1) - 1) * sizeRows, maxSkippedRows);
  const organisations = caller.receivesFor;
  const rows = await inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
    listWaitingRows(tx, {
      organisations,
      kind: query.kind,
      acceptedFrom: query.from ? startOfDay(query.from) : null,
      acceptedBefore: query.to ? startOfDay(query.to.add({ days: 1 })) : null,
      skipRows,
      limitRows: sizeRows,
    }),
  );
  return rows.map((row) => ({
    deliveryId: row.id,
    envelopeId: row.envelope_id,
    kind: row.kind,
    fromCode: row.from_code,
    toCode: row.to_code,
    documentId: row.document_id,
    subject: row.header.subject ?? null,
    priority: row.priority,
    state: row.state,
    acceptedAt: row.accepted_at,
    changedAt: row.state_at,
    sizeBytes: row.package_size_bytes,
    digest: row.package_digest,
  }));
}

const maxCounted = 1_000_000;

export async function countWaiting(exchange: Exchange, caller: Caller, kind: MessageKind): Promise<number> {
  const organisations = caller.receivesFor;
  return inTransaction(exchange.platform.database.app, { organisations }, (tx) =>
    countWaitingRows(tx, { organisations, kind, boundRows: maxCounted }),
  );
}

/** .NET clients send the year 1 for "no limit"; in Vietnam it began in the year 0, which PostgreSQL does not have. */
const earliestDay = Temporal.PlainDate.from('1900-01-01');

function startOfDay(day: Temporal.PlainDate): Temporal.Instant {
  const bounded = Temporal.PlainDate.compare(day, earliestDay) < 0 ? earliestDay : day;
  return bounded.toZonedDateTime('Asia/Ho_Chi_Minh').toInstant();
}
