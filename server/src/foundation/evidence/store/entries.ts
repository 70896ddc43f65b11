/** Entries as they are recorded and read back with their organisation. */
import type { Transaction } from '#foundation/db';
import type { EntryId, OrganisationId } from '#foundation/ids';
import { sha256 } from '../encoding.ts';
import type { Entry } from '../entry.ts';

export interface StoredEntry extends Entry {
  readonly ordinal: number;
  /** Its place in the tree; null while it waits for the sequencer. */
  readonly index: number | null;
}

/** One round trip for any number of entries: entry, detail and place in the queue. Works as lt_app and lt_ingest. */
export async function insertEntries(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.prepared('evidence-insert-entries', insertEntriesSql, [
    entries.map((entry) => entry.organisationId),
    entries.map((entry) => entry.id),
    entries.map((entry) => entry.kind),
    entries.map((entry) => entry.subjectId),
    entries.map((entry) => entry.at.toString()),
    entries.map((entry) => entry.payload),
    entries.map((entry) => entry.detail),
    entries.map((entry) => entry.detailDigest),
    entries.map((entry) => entry.signature),
    entries.map((entry) => entry.keyId),
    entries.map((entry) => sha256(entry.payload)),
  ]);
}

// The ordinal is drawn in a CTE of its own (volatile, so it is evaluated once) because `returning` would need the
// right to read what was inserted, which the gathered acceptance does not have for all organisations.
const insertEntriesSql = `
  with given as materialized (
    select nextval('evidence.entry_ordinal') as ordinal, row.*
    from unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::bytea[], $7::bytea[], $8::bytea[],
      $9::bytea[], $10::text[], $11::bytea[]
    ) as row (
      organisation_id, id, kind, subject_id, recorded_at, payload, detail, detail_digest, signature, key_id,
      payload_digest
    )
  ),
  entries as (
    insert into evidence.entry (
      organisation_id, id, ordinal, kind, subject_id, recorded_at, payload, detail_digest, signature, key_id
    )
    select organisation_id, id, ordinal, kind, subject_id, recorded_at, payload, detail_digest, signature, key_id
    from given
  ),
  details as (
    insert into evidence.entry_detail (organisation_id, entry_id, detail)
    select organisation_id, id, detail
    from given
    where detail is not null
  )
  insert into evidence.pending (ordinal, organisation_id, entry_id, payload_digest)
  select ordinal, organisation_id, id, payload_digest
  from given`;

/** A history longer than this is shown in part: its first entries. */
const maxEntriesOfSubject = 10_000;

/** The history of a subject in the order of the log; entries that have no leaf yet come last. */
export async function readEntries(
  tx: Transaction,
  { organisationId, subjectId }: { readonly organisationId: OrganisationId; readonly subjectId: string },
): Promise<StoredEntry[]> {
  const rows = await tx.prepared<EntryRow>(
    'evidence-read-entries',
    `${selectEntry}
     where e.organisation_id = $1
       and e.subject_id = $2
     order by l.index nulls last, e.ordinal
     limit ${maxEntriesOfSubject}`,
    [organisationId, subjectId],
  );
  return rows.map(storedEntry);
}

export async function readEntry(
  tx: Transaction,
  { organisationId, id }: { readonly organisationId: OrganisationId; readonly id: EntryId },
): Promise<StoredEntry | undefined> {
  const [row] = await tx.prepared<EntryRow>(
    'evidence-read-entry',
    `${selectEntry}
     where e.organisation_id = $1
       and e.id = $2`,
    [organisationId, id],
  );
  return row && storedEntry(row);
}

const selectEntry = `
  select e.organisation_id, e.id, e.ordinal, e.kind, e.subject_id, e.recorded_at, e.payload, e.detail_digest,
    e.signature, e.key_id, d.detail, l.index
  from evidence.entry e
  left join evidence.entry_detail d on d.organisation_id = e.organisation_id and d.entry_id = e.id
  left join evidence.leaf l on l.payload_digest = sha256(e.payload)`;

function storedEntry(row: EntryRow): StoredEntry {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    subjectId: row.subject_id,
    kind: row.kind,
    at: row.recorded_at,
    payload: row.payload,
    detail: row.detail,
    detailDigest: row.detail_digest,
    signature: row.signature,
    keyId: row.key_id,
    ordinal: row.ordinal,
    index: row.index,
  };
}

interface EntryRow {
  readonly organisation_id: OrganisationId;
  readonly id: EntryId;
  readonly ordinal: number;
  readonly kind: string;
  readonly subject_id: string;
  readonly recorded_at: Temporal.Instant;
  readonly payload: Buffer;
  readonly detail_digest: Buffer | null;
  readonly signature: Buffer;
  readonly key_id: string;
  readonly detail: Buffer | null;
  readonly index: number | null;
}
