/** How `doctor` reads the rows of every organisation, in pages in the order of their keys, as the owner. */
import type { Transaction } from '#foundation/db';
import type { InspectedSubject } from '#foundation/evidence';
import type { BlobId, DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryProgress } from '../delivery-history.ts';
import type { MessageHeader, MessageKind } from '../envelope.ts';

/** One snapshot of the database. */
export type Snapshot = Pick<Transaction, 'query'>;

const pageRows = 500;
const beforeAll = '00000000-0000-0000-0000-000000000000';

export interface InspectedPackage {
  readonly organisation_id: OrganisationId;
  readonly id: EnvelopeId;
  readonly package_id: BlobId;
  readonly package_size_bytes: number;
  readonly package_digest: Buffer;
  readonly package_key: Buffer | null;
  /** Whether the log says so. */
  readonly is_destroyed: boolean;
}

export interface InspectedEnvelope extends Omit<InspectedPackage, 'is_destroyed'> {
  readonly kind: MessageKind;
  readonly system_id: string | null;
  readonly document_id: string;
  readonly business_type: number | null;
  readonly content_digest: Buffer;
  readonly header: MessageHeader;
  readonly accepted_at: Temporal.Instant;
  /** Null when there is no such entry. */
  readonly payload: Buffer | null;
  readonly detail: Buffer | null;
}

export interface InspectedRecipient {
  readonly organisation_id: OrganisationId;
  readonly envelope_id: EnvelopeId;
  readonly ordinal: number;
  readonly to_code: string;
  readonly delivery_id: DeliveryId | null;
  readonly refusal_code: string | null;
  readonly has_delivery: boolean;
  readonly taken_back_by: EnvelopeId | null;
}

export interface InspectedDelivery extends DeliveryProgress {
  readonly organisation_id: OrganisationId;
  readonly id: DeliveryId;
  readonly envelope_id: EnvelopeId;
  readonly accepted_at: Temporal.Instant;
  readonly package_digest: Buffer;
  /** Whether the sender's row about it is there and says the same. */
  readonly sender_agrees: boolean;
  /** Whether the envelope is there and names the same package, document and time. */
  readonly envelope_agrees: boolean;
}

export interface InspectedEntry {
  readonly organisation_id: OrganisationId;
  readonly subject_id: string;
  readonly ordinal: number;
  readonly kind: string;
  readonly recorded_at: Temporal.Instant;
  readonly payload: Buffer;
}

/** Whose rows are read: those of all, or of these messages, copies and other subjects of entries. */
export type Subjects = readonly InspectedSubject[] | undefined;

/** The copies of these messages. */
export async function readCopiesOf(
  snapshot: Snapshot,
  envelopes: readonly InspectedSubject[],
): Promise<InspectedSubject[]> {
  return snapshot.query<InspectedSubject>(
    `select recipient_id as "organisationId", delivery_id as "subjectId"
     from exchange.sent_recipient
     where (organisation_id, envelope_id) in (select * from unnest($1::uuid[], $2::uuid[]))
       and delivery_id is not null`,
    arraysOf(envelopes),
  );
}

export async function countEnvelopes(snapshot: Snapshot): Promise<number> {
  const [row] = await snapshot.query<{ count: number }>('select count(*) as count from exchange.envelope');
  return row!.count;
}

export function readPackages(snapshot: Snapshot, subjects?: Subjects): AsyncGenerator<InspectedPackage[]> {
  return pagesOf<InspectedPackage>(
    snapshot,
    `select organisation_id, id, package_id, package_size_bytes, package_digest, package_key,
       exists (
         select from evidence.entry
         where entry.organisation_id = envelope.organisation_id
           and entry.subject_id = envelope.id
           and entry.kind = 'exchange.content_destroyed'
       ) as is_destroyed
     from exchange.envelope
     where (organisation_id, id) > ($1, $2)
       and ($4::uuid[] is null or (organisation_id, id) in (select * from unnest($4::uuid[], $5::uuid[])))
     order by organisation_id, id
     limit $3`,
    {
      first: [beforeAll, beforeAll],
      keyOf: (row) => [row.organisation_id, row.id],
      more: arraysOf(subjects),
    },
  );
}

export function readEnvelopes(snapshot: Snapshot, subjects?: Subjects): AsyncGenerator<InspectedEnvelope[]> {
  return pagesOf<InspectedEnvelope>(
    snapshot,
    `select envelope.organisation_id, envelope.id, kind, system_id, document_id, business_type, content_digest, header,
       accepted_at, package_id, package_size_bytes, package_digest, package_key,
       (select payload from evidence.entry where organisation_id = envelope.organisation_id and id = entry_id) as payload,
       (select detail from evidence.entry_detail detail
        where detail.organisation_id = envelope.organisation_id and detail.entry_id = envelope.entry_id) as detail
     from exchange.envelope
     where (organisation_id, id) > ($1, $2)
       and ($4::uuid[] is null or (organisation_id, id) in (select * from unnest($4::uuid[], $5::uuid[])))
     order by organisation_id, id
     limit $3`,
    {
      first: [beforeAll, beforeAll],
      keyOf: (row) => [row.organisation_id, row.id],
      more: arraysOf(subjects),
    },
  );
}

export function readRecipients(
  snapshot: Snapshot,
  subjects?: Subjects,
): AsyncGenerator<InspectedRecipient[]> {
  return pagesOf<InspectedRecipient>(
    snapshot,
    `select organisation_id, envelope_id, ordinal, to_code, delivery_id, refusal_code, taken_back_by,
       exists (
         select from exchange.delivery
         where delivery.organisation_id = sent.recipient_id
           and delivery.id = sent.delivery_id
       ) as has_delivery
     from exchange.sent_recipient sent
     where (organisation_id, envelope_id, ordinal) > ($1, $2, $3)
       and ($5::uuid[] is null or (organisation_id, envelope_id) in (select * from unnest($5::uuid[], $6::uuid[])))
     order by organisation_id, envelope_id, ordinal
     limit $4`,
    {
      first: [beforeAll, beforeAll, -1],
      keyOf: (row) => [row.organisation_id, row.envelope_id, row.ordinal],
      more: arraysOf(subjects),
    },
  );
}

export function readDeliveries(snapshot: Snapshot, subjects?: Subjects): AsyncGenerator<InspectedDelivery[]> {
  return pagesOf<InspectedDelivery>(
    snapshot,
    `select own.organisation_id, own.id, own.envelope_id, own.accepted_at, own.package_digest, own.state, own.state_at,
       own.fetched_at, own.done_at, own.business_status, own.business_status_at, own.taking_back, own.taking_back_act,
       own.taking_back_at, own.taken_back_by,
       exists (
         select from exchange.sent_recipient sent
         where sent.organisation_id = own.sender_id
           and sent.envelope_id = own.envelope_id
           and sent.ordinal = own.ordinal
           and sent.recipient_id = own.organisation_id
           and sent.delivery_id = own.id
           and sent.to_code = own.to_code
           and (sent.state, sent.state_at) = (own.state, own.state_at)
           and (sent.fetched_at, sent.done_at) is not distinct from (own.fetched_at, own.done_at)
           and (sent.business_status, sent.business_status_at)
             is not distinct from (own.business_status, own.business_status_at)
           and (sent.taking_back, sent.taking_back_act, sent.taking_back_at, sent.taken_back_by)
             is not distinct from (own.taking_back, own.taking_back_act, own.taking_back_at, own.taken_back_by)
       ) as sender_agrees,
       exists (
         select from exchange.envelope
         where envelope.organisation_id = own.sender_id
           and envelope.id = own.envelope_id
           and (envelope.kind, envelope.document_id, envelope.from_code, envelope.accepted_at)
             = (own.kind, own.document_id, own.from_code, own.accepted_at)
           and own.header = case when emptied then exchange.register_line(envelope.header) else envelope.header end
           and (envelope.package_id, envelope.package_size_bytes, envelope.package_digest)
             = (own.package_id, own.package_size_bytes, own.package_digest)
           and (envelope.business_type, envelope.about_document_id)
             is not distinct from (own.business_type, own.about_document_id)
           and own.package_key is not distinct from case when emptied then null else envelope.package_key end
       ) as envelope_agrees
     from exchange.delivery own
     cross join lateral (
       select coalesce(
         own.taking_back = 'unseen' or own.taking_back = 'agreed' and own.taking_back_act <> 'update', false
       ) as emptied
     ) as gone
     where (own.organisation_id, own.id) > ($1, $2)
       and ($4::uuid[] is null or (own.organisation_id, own.id) in (select * from unnest($4::uuid[], $5::uuid[])))
     order by own.organisation_id, own.id
     limit $3`,
    {
      first: [beforeAll, beforeAll],
      keyOf: (row) => [row.organisation_id, row.id],
      more: arraysOf(subjects),
    },
  );
}

/** The entries of these kinds, by whom they are about and in the order of the log. */
export function readEntriesOfKinds(
  snapshot: Snapshot,
  kinds: readonly string[],
  subjects?: Subjects,
): AsyncGenerator<InspectedEntry[]> {
  return pagesOf<InspectedEntry>(
    snapshot,
    `select organisation_id, subject_id, ordinal, kind, recorded_at, payload
     from evidence.entry
     where (organisation_id, subject_id, ordinal) > ($1, $2, $3)
       and kind = any ($5)
       and ($6::uuid[] is null or (organisation_id, subject_id) in (select * from unnest($6::uuid[], $7::uuid[])))
     order by organisation_id, subject_id, ordinal
     limit $4`,
    {
      first: [beforeAll, beforeAll, -1],
      keyOf: (row) => [row.organisation_id, row.subject_id, row.ordinal],
      more: [kinds, ...arraysOf(subjects)],
    },
  );
}

function arraysOf(subjects: Subjects): [organisations: string[] | null, ids: string[] | null] {
  if (!subjects) return [null, null];
  return [subjects.map(({ organisationId }) => organisationId), subjects.map(({ subjectId }) => subjectId)];
}

/** The text takes the key of the last row seen, then the size of a page, then `more`. */
async function* pagesOf<Row extends object>(
  snapshot: Snapshot,
  text: string,
  {
    first,
    keyOf,
    more = [],
  }: {
    readonly first: readonly unknown[];
    readonly keyOf: (row: Row) => readonly unknown[];
    readonly more?: readonly unknown[];
  },
): AsyncGenerator<Row[]> {
  let after = first;
  for (;;) {
    const page = await snapshot.query<Row>(text, [...after, pageRows, ...more]);
    if (page.length > 0) yield page;
    if (page.length < pageRows) return;
    after = keyOf(page.at(-1)!);
  }
}
