/** How `doctor` reads everything, in pages, as the owner. */
import type { Transaction } from '#foundation/db';

/** One snapshot of the database. */
export type Snapshot = Pick<Transaction, 'query'>;

export async function readDatabaseTime(snapshot: Snapshot): Promise<Temporal.Instant> {
  const [row] = await snapshot.query<{ now: Temporal.Instant }>('select now()');
  return row!.now;
}

/** An entry with all that belongs to it, as it was found through a leaf or a place in the queue. */
export interface InspectedEntry {
  /** The leaf's index or the ordinal in the queue. */
  readonly position: number;
  readonly entryId: string;
  readonly payloadDigest: Buffer;
  /** Null when there is no such entry. */
  readonly entry: {
    readonly kind: string;
    readonly subjectId: string;
    readonly recordedAt: Temporal.Instant;
    readonly payload: Buffer;
    readonly detailDigest: Buffer | null;
    readonly signature: Buffer;
    readonly keyId: string;
    readonly detail: Buffer | null;
    /** Payloads of entries that say something was erased in the same history; asked where a detail is not there. */
    readonly erasures: readonly Buffer[];
  } | null;
}

export function readInspectedLeaves(
  snapshot: Snapshot,
  start: number,
  limit: number,
): Promise<InspectedEntry[]> {
  return readInspected(snapshot, 'evidence.leaf', 'index', { start, limit });
}

export function readInspectedPending(
  snapshot: Snapshot,
  start: number,
  limit: number,
): Promise<InspectedEntry[]> {
  return readInspected(snapshot, 'evidence.pending', 'ordinal', { start, limit });
}

async function readInspected(
  snapshot: Snapshot,
  table: 'evidence.leaf' | 'evidence.pending',
  position: 'index' | 'ordinal',
  { start, limit }: { readonly start: number; readonly limit: number },
): Promise<InspectedEntry[]> {
  const rows = await snapshot.query<InspectedRow>(
    `select place.${position} as position, place.entry_id, place.payload_digest,
       e.kind, e.subject_id, e.recorded_at, e.payload, e.detail_digest, e.signature, e.key_id, d.detail,
       case when d.detail is null and e.detail_digest is not null then array(
         select erased.payload
         from evidence.entry erased
         where erased.organisation_id = e.organisation_id
           and erased.subject_id = e.subject_id
           and erased.kind = 'evidence.erased'
       ) else '{}' end as erasures
     from (
       select *
       from ${table}
       where ${position} >= $1
       order by ${position}
       limit $2
     ) as place
     left join evidence.entry e on e.organisation_id = place.organisation_id and e.id = place.entry_id
     left join evidence.entry_detail d on d.organisation_id = e.organisation_id and d.entry_id = e.id
     order by position`,
    [start, limit],
  );
  return rows.map((row) => ({
    position: row.position,
    entryId: row.entry_id,
    payloadDigest: row.payload_digest,
    entry:
      row.payload === null
        ? null
        : {
            kind: row.kind,
            subjectId: row.subject_id,
            recordedAt: row.recorded_at,
            payload: row.payload,
            detailDigest: row.detail_digest,
            signature: row.signature,
            keyId: row.key_id,
            detail: row.detail,
            erasures: row.erasures,
          },
  }));
}

interface InspectedRow {
  readonly position: number;
  readonly entry_id: string;
  readonly payload_digest: Buffer;
  readonly kind: string;
  readonly subject_id: string;
  readonly recorded_at: Temporal.Instant;
  readonly payload: Buffer | null;
  readonly detail_digest: Buffer | null;
  readonly signature: Buffer;
  readonly key_id: string;
  readonly detail: Buffer | null;
  readonly erasures: Buffer[];
}

export interface Extent {
  readonly leaves: number;
  /** Largest index + 1. */
  readonly end: number;
}

/** Of the leaves from `start` on. */
export async function readExtent(snapshot: Snapshot, start: number): Promise<Extent> {
  const [row] = await snapshot.query<Extent>(
    `select count(*) as leaves, coalesce(max(index) + 1, $1::bigint) as "end"
     from evidence.leaf
     where index >= $1`,
    [start],
  );
  return row!;
}

/** Whose history an entry belongs to: a message, a copy of it, a system. */
export interface InspectedSubject {
  readonly organisationId: string;
  readonly subjectId: string;
}

/** What the entries of these leaves are about, each once. */
export async function readSubjects(
  snapshot: Snapshot,
  start: number,
  end: number,
): Promise<InspectedSubject[]> {
  return snapshot.query(
    `select distinct e.organisation_id as "organisationId", e.subject_id as "subjectId"
     from evidence.leaf l
     join evidence.entry e on e.organisation_id = l.organisation_id and e.id = l.entry_id
     where l.index >= $1
       and l.index < $2`,
    [start, end],
  );
}

/** The same of entries in the queue, which has a bound. */
export async function readPendingSubjects(snapshot: Snapshot): Promise<InspectedSubject[]> {
  return snapshot.query(
    `select distinct e.organisation_id as "organisationId", e.subject_id as "subjectId"
     from evidence.pending p
     join evidence.entry e on e.organisation_id = p.organisation_id and e.id = p.entry_id`,
  );
}

export async function readStoredHead(
  snapshot: Snapshot,
): Promise<{ readonly size: number; readonly root: Buffer; readonly edge: readonly Buffer[] } | undefined> {
  const [row] = await snapshot.query<{ size: number; root: Buffer; edge: Buffer[] }>(
    'select size, root, edge from evidence.head',
  );
  return row;
}

/** Tiles of a level by index, `start` to `end` − 1. */
export async function readTileRange(
  snapshot: Snapshot,
  level: number,
  start: number,
  end: number,
): Promise<Map<number, Buffer>> {
  const rows = await snapshot.query<{ index: number; hashes: Buffer }>(
    'select index, hashes from evidence.tile where level = $1 and index >= $2 and index < $3',
    [level, start, end],
  );
  return new Map(rows.map(({ index, hashes }) => [index, hashes]));
}

/** Tiles that a tree of that size does not have. */
export async function readStrayTiles(
  snapshot: Snapshot,
  fullTilesByLevel: readonly number[],
  limit: number,
): Promise<{ readonly level: number; readonly index: number }[]> {
  return snapshot.query(
    `select level, index
     from evidence.tile
     where index < 0
       or index >= coalesce(($1::bigint[])[level + 1], 0)
     order by level, index
     limit $2`,
    [fullTilesByLevel, limit],
  );
}

export interface PublishedCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
}

/** Checkpoints of sizes above `after` up to `through`, by size. */
export async function readCheckpoints(
  snapshot: Snapshot,
  after: number,
  through: number,
): Promise<PublishedCheckpoint[]> {
  return snapshot.query(
    `select size, root, note
     from evidence.checkpoint
     where size > $1
       and size <= $2
     order by size`,
    [after, through],
  );
}

/** The largest checkpoint that a tree of that size can have. */
export async function readNewestCheckpoint(
  snapshot: Snapshot,
  size: number,
): Promise<PublishedCheckpoint | undefined> {
  const [newest] = await snapshot.query<PublishedCheckpoint>(
    'select size, root, note from evidence.checkpoint where size > 0 and size <= $1 order by size desc limit 1',
    [size],
  );
  return newest;
}

/** Checkpoints of sizes that a tree cannot have, or not yet. */
export async function readStrayCheckpoints(
  snapshot: Snapshot,
  size: number,
  limit: number,
): Promise<PublishedCheckpoint[]> {
  return snapshot.query(
    'select size, root, note from evidence.checkpoint where size <= 0 or size > $1 order by size limit $2',
    [size, limit],
  );
}

export async function hasPublished(snapshot: Snapshot, size: number, note: string): Promise<boolean> {
  const rows = await snapshot.query('select from evidence.checkpoint where size = $1 and note = $2', [
    size,
    note,
  ]);
  return rows.length > 0;
}

/** Entries that have neither a leaf nor a place in the queue. */
export async function readUnloggedEntries(
  snapshot: Snapshot,
  limit: number,
): Promise<{ readonly id: string }[]> {
  return snapshot.query(
    `select e.id
     from evidence.entry e
     left join evidence.leaf l on l.organisation_id = e.organisation_id and l.entry_id = e.id
     left join evidence.pending p on p.organisation_id = e.organisation_id and p.entry_id = e.id
     where l.index is null
       and p.ordinal is null
     limit $1`,
    [limit],
  );
}

/**
 * The same among the entries about these subjects. Leaves have no index by entry, but one by what they commit to; only
 * where no leaf commits to what an entry says now are all of them read for its id.
 */
export async function readUnloggedAbout(
  snapshot: Snapshot,
  subjects: readonly InspectedSubject[],
  limit: number,
): Promise<readonly { readonly id: string }[]> {
  const uncommitted = await snapshot.query<{ readonly id: string }>(
    `select e.id
     from unnest($1::uuid[], $2::uuid[]) as subject (organisation_id, subject_id)
     join evidence.entry e using (organisation_id, subject_id)
     where not exists (select from evidence.leaf l where l.payload_digest = sha256(e.payload))
       and not exists (
         select from evidence.pending p
         where p.organisation_id = e.organisation_id
           and p.entry_id = e.id
       )
     limit $3`,
    [subjects.map(({ organisationId }) => organisationId), subjects.map(({ subjectId }) => subjectId), limit],
  );
  if (uncommitted.length === 0) return [];
  return snapshot.query(
    `select id
     from unnest($1::uuid[]) as uncommitted (id)
     where id not in (select entry_id from evidence.leaf where entry_id = any ($1))`,
    [uncommitted.map(({ id }) => id)],
  );
}

export async function readOrphanedDetails(
  snapshot: Snapshot,
  limit: number,
): Promise<{ readonly id: string }[]> {
  return snapshot.query(
    `select d.entry_id as id
     from evidence.entry_detail d
     left join evidence.entry e on e.organisation_id = d.organisation_id and e.id = d.entry_id
     where e.id is null
     limit $1`,
    [limit],
  );
}
