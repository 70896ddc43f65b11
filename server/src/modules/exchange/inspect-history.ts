/**
 * For `doctor --evidence` (E4): folds the entries of every envelope and of every copy, and compares what they come to
 * with the rows. Rows and entries come in the order of the same keys, so it reads each once and holds a page of each.
 */
import { digestOfList, digestText } from './compose-acceptance.ts';
import { deliveryEntryKinds, foldDelivery, packageKinds } from './delivery-history.ts';
import type { DeliveryFact, DeliveryProgress } from './delivery-history.ts';
import type { Recipient } from './envelope.ts';
import { finding } from './inspect-finding.ts';
import type { ExchangeFinding } from './inspect-finding.ts';
import {
  readCopiesOf,
  readDeliveries,
  readEntriesOfKinds,
  readEnvelopes,
  readRecipients,
} from './store/inspection.ts';
import type {
  InspectedDelivery,
  InspectedEntry,
  InspectedEnvelope,
  InspectedRecipient,
  Snapshot,
  Subjects,
} from './store/inspection.ts';

/**
 * Works as the owner of the tables, who alone may read the rows of all organisations. Of everything, or of what some
 * entries are about: their messages, all copies of these, and the copies that they name themselves.
 */
export async function* inspectHistory(
  snapshot: Snapshot,
  subjects?: Subjects,
): AsyncGenerator<ExchangeFinding> {
  yield* inspectEnvelopes(snapshot, subjects);
  const copies = subjects && [...subjects, ...(await readCopiesOf(snapshot, subjects))];
  yield* inspectDeliveries(snapshot, copies);
}

async function* inspectEnvelopes(snapshot: Snapshot, subjects: Subjects): AsyncGenerator<ExchangeFinding> {
  const recipients = createCursor(
    readRecipients(snapshot, subjects),
    (row) => row.organisation_id + row.envelope_id,
  );
  for await (const page of readEnvelopes(snapshot, subjects)) {
    for (const envelope of page) {
      const key = envelope.organisation_id + envelope.id;
      for await (const stray of recipients.before(key)) yield strayRecipient(stray);
      const rows = await recipients.at(key);
      for (const { has_delivery, delivery_id } of rows) {
        if (delivery_id && !has_delivery) yield finding('delivery_missing', `delivery ${delivery_id}`);
      }
      yield* inspectEnvelope(envelope, rows);
    }
  }
  for await (const stray of recipients.rest()) yield strayRecipient(stray);
}

function strayRecipient({ envelope_id, ordinal }: InspectedRecipient): ExchangeFinding {
  return finding('recipient_stray', `recipient ${ordinal} of envelope ${envelope_id}`);
}

function inspectEnvelope(
  row: InspectedEnvelope,
  recipients: readonly InspectedRecipient[],
): ExchangeFinding[] {
  const where = `envelope ${row.id}`;
  const payload = row.payload && readJson(row.payload);
  if (!payload) return [finding('envelope_unproven', where)];
  const claims = objectOf(payload['claims']);
  const differing = Object.entries({
    kind: row.kind === claims['message'],
    system: (row.system_id ?? undefined) === objectOf(payload['actor'])['system'],
    document_id: row.document_id === claims['document'],
    business_type: (row.business_type ?? undefined) === claims['type'],
    content_digest: claims['content'] === undefined || digestText(row.content_digest) === claims['content'],
    accepted_at: row.accepted_at.toString({ smallestUnit: 'millisecond' }) === payload['at'],
    package_digest: digestText(row.package_digest) === claims['package'],
    header: isHeaderOf(row, claims),
  }).flatMap(([column, agrees]) => (agrees ? [] : [column]));
  const findings = differing.map((column) => finding('envelope_differs', `${where}, ${column},`));

  const stated = objectOf(claims['recipients']);
  // The axis' own notice of a refusal goes to one organisation and makes no list.
  const isListed = claims['recipients'] !== undefined;
  const digest = digestText(digestOfList(recipients.map(recipientOf)));
  const isSame = isListed
    ? stated['count'] === recipients.length && stated['digest'] === digest
    : recipients.length === 1;
  return isSame ? findings : [...findings, finding('recipients_differ', where)];
}

/** A document's header is the detail of its entry, and empty once that was erased; of a status the code is claimed. */
function isHeaderOf(row: InspectedEnvelope, claims: JsonObject): boolean {
  if (row.kind === 'status') return row.header.statusCode === claims['status'];
  if (!row.detail) return Object.keys(row.header).length === 0;
  const { nonce: _, ...detail } = readJson(row.detail) ?? {};
  const names = new Set([...Object.keys(detail), ...Object.keys(row.header)]);
  return [...names].every((name) => detail[name] === (row.header as JsonObject)[name]);
}

function recipientOf(row: InspectedRecipient): Recipient {
  const written = { ordinal: row.ordinal, toCode: row.to_code, toName: '' };
  return row.delivery_id
    ? {
        ...written,
        state: row.taken_back_by === row.envelope_id ? 'recalled' : 'waiting',
        organisationId: row.organisation_id,
        deliveryId: row.delivery_id,
      }
    : { ...written, state: 'refused', refusalCode: row.refusal_code ?? '' };
}

async function* inspectDeliveries(snapshot: Snapshot, subjects: Subjects): AsyncGenerator<ExchangeFinding> {
  const entries = createCursor(
    readEntriesOfKinds(snapshot, deliveryEntryKinds, subjects),
    (row) => row.organisation_id + row.subject_id,
  );
  for await (const page of readDeliveries(snapshot, subjects)) {
    for (const delivery of page) {
      const key = delivery.organisation_id + delivery.id;
      yield* inspectStrayEntries(entries.before(key));
      yield* inspectDelivery(delivery, await entries.at(key));
    }
  }
  yield* inspectStrayEntries(entries.rest());
}

/** A status that is about no copy here (13, lấy lại) is the history of its own envelope. */
async function* inspectStrayEntries(entries: AsyncIterable<InspectedEntry>): AsyncGenerator<ExchangeFinding> {
  for await (const { subject_id, payload } of entries) {
    if (claimsOf(payload)['envelope'] === subject_id) continue;
    yield finding('delivery_unknown', `delivery ${subject_id}`);
  }
}

function inspectDelivery(row: InspectedDelivery, entries: readonly InspectedEntry[]): ExchangeFinding[] {
  const where = `delivery ${row.id}`;
  const folded = foldDelivery(row, entries.map(factOf));
  const differing = progressColumns.filter((column) => String(row[column]) !== String(folded[column]));
  const isOtherPackage = entries.some(
    ({ kind, payload }) =>
      packageKinds.has(kind) && claimsOf(payload)['package'] !== digestText(row.package_digest),
  );
  return [
    ...differing.map((column) => finding('delivery_differs', `${where}, ${column},`)),
    ...(isOtherPackage ? [finding('delivery_differs', `${where}, package_digest,`)] : []),
    ...(row.sender_agrees ? [] : [finding('sender_row_differs', where)]),
    ...(row.envelope_agrees ? [] : [finding('envelope_row_differs', where)]),
  ];
}

const progressColumns = [
  'state',
  'state_at',
  'fetched_at',
  'done_at',
  'business_status',
  'business_status_at',
  'taking_back',
  'taking_back_act',
  'taking_back_at',
  'taken_back_by',
] as const satisfies readonly (keyof DeliveryProgress)[];

function factOf({ kind, recorded_at: at, payload }: InspectedEntry): DeliveryFact {
  const { status, act, by } = claimsOf(payload);
  return { kind, at, status, act, by };
}

type JsonObject = Readonly<Record<string, unknown>>;

function claimsOf(payload: Buffer): JsonObject {
  return objectOf(readJson(payload)?.['claims']);
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** What cannot be read was changed: the inspection of the log says so, and nothing here agrees with it. */
function readJson(bytes: Buffer): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Gives rows that come in the order of their keys, as far as another list in that order has come. */
function createCursor<Row>(pages: AsyncGenerator<Row[]>, keyOf: (row: Row) => string) {
  let page: readonly Row[] = [];
  let next = 0;
  async function* goOn(belongs: (key: string) => boolean): AsyncGenerator<Row, void, undefined> {
    for (;;) {
      for (; next < page.length; next++) {
        if (!belongs(keyOf(page[next]!))) return;
        yield page[next]!;
      }
      const following = await pages.next();
      if (following.done) return;
      page = following.value;
      next = 0;
    }
  }
  return {
    before: (key: string) => goOn((other) => other < key),
    at: (key: string) => Array.fromAsync(goOn((other) => other === key)),
    rest: () => goOn(() => true),
  };
}
