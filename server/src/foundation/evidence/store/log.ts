/** The public tables of the log: queue, leaves, tiles, head and checkpoints. They hold digests only. */
import type { Transaction } from '#foundation/db';
import type { EntryId, OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { Tile, TileAddress } from '../tiles.ts';
import type { TreeHead } from '../tree-writer.ts';

export interface PendingEntry {
  readonly ordinal: number;
  readonly organisationId: OrganisationId;
  readonly entryId: EntryId;
  readonly payloadDigest: Buffer;
}

export interface Leaf {
  readonly index: number;
  readonly entry: PendingEntry;
}

/** Reads the head and keeps every other sequencer waiting until this transaction ends. */
export async function lockHead(tx: Transaction): Promise<TreeHead> {
  const [row] = await tx.query<TreeHead & { readonly isolation: string }>(
    `select size, root, edge, current_setting('transaction_isolation') as isolation
     from evidence.head
     for update`,
  );
  assert(row, 'the log has a head');
  // Under a stricter isolation the next statement would not see what was committed while we waited for the lock.
  assert(row.isolation === 'read committed', 'the sequencer reads what is committed');
  return { size: row.size, root: row.root, edge: row.edge };
}

export async function readHead(tx: Transaction): Promise<TreeHead> {
  const [row] = await tx.query<TreeHead>('select size, root, edge from evidence.head');
  assert(row, 'the log has a head');
  return row;
}

/**
 * Takes the next entries off the queue, in order. To be called with the head locked, as a statement of its own: its
 * snapshot then has everything that was committed before, so nothing overtakes. Never `skip locked`, which would let
 * a later entry pass an earlier one.
 */
export async function takePending(tx: Transaction, limit: number): Promise<PendingEntry[]> {
  const rows = await tx.prepared<{
    ordinal: number;
    organisation_id: OrganisationId;
    entry_id: EntryId;
    payload_digest: Buffer;
  }>(
    'evidence-take-pending',
    `delete from evidence.pending
     where ordinal in (select ordinal from evidence.pending order by ordinal limit $1)
     returning ordinal, organisation_id, entry_id, payload_digest`,
    [limit],
  );
  return rows
    .map((row) => ({
      ordinal: row.ordinal,
      organisationId: row.organisation_id,
      entryId: row.entry_id,
      payloadDigest: row.payload_digest,
    }))
    .sort((a, b) => a.ordinal - b.ordinal);
}

export async function hasPending(tx: Transaction): Promise<boolean> {
  const [row] = await tx.prepared<{ waiting: boolean }>(
    'evidence-has-pending',
    'select exists (select from evidence.pending) as waiting',
    [],
  );
  return row?.waiting === true;
}

export async function insertLeaves(tx: Transaction, leaves: readonly Leaf[]): Promise<void> {
  await tx.prepared(
    'evidence-insert-leaves',
    `insert into evidence.leaf (index, organisation_id, entry_id, payload_digest)
     select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bytea[])`,
    [
      leaves.map(({ index }) => index),
      leaves.map(({ entry }) => entry.organisationId),
      leaves.map(({ entry }) => entry.entryId),
      leaves.map(({ entry }) => entry.payloadDigest),
    ],
  );
}

export async function insertTiles(tx: Transaction, tiles: readonly Tile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.prepared(
    'evidence-insert-tiles',
    `insert into evidence.tile (level, index, hashes)
     select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
  );
}

/** Moves the head on, if it is still the one that the work started from. */
export async function advanceHead(tx: Transaction, from: TreeHead, to: TreeHead): Promise<void> {
  const moved = await tx.prepared(
    'evidence-advance-head',
    `update evidence.head
     set size = $1, root = $2, edge = $3::bytea[]
     where size = $4
       and root = $5
     returning size`,
    [to.size, to.root, to.edge, from.size, from.root],
  );
  assert(moved.length === 1, 'a locked head does not move');
}

/** Those of the given tiles that are full. */
export async function readFullTiles(tx: Transaction, addresses: readonly TileAddress[]): Promise<Tile[]> {
  if (addresses.length === 0) return [];
  return tx.prepared<Tile>(
    'evidence-read-tiles',
    `select level, index, hashes
     from evidence.tile
     join unnest($1::smallint[], $2::bigint[]) as asked (level, index) using (level, index)`,
    [addresses.map(({ level }) => level), addresses.map(({ index }) => index)],
  );
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: Temporal.Instant;
}

export function readNewestCheckpoint(tx: Transaction): Promise<StoredCheckpoint | undefined> {
  return readCheckpointUpTo(tx, Number.MAX_SAFE_INTEGER);
}

/** The largest published one of at most that size. */
export async function readCheckpointUpTo(
  tx: Transaction,
  size: number,
): Promise<StoredCheckpoint | undefined> {
  const [row] = await tx.prepared<{ size: number; root: Buffer; note: string; signed_at: Temporal.Instant }>(
    'evidence-newest-checkpoint',
    `select size, root, note, signed_at
     from evidence.checkpoint
     where size <= $1
     order by size desc
     limit 1`,
    [size],
  );
  return row && { size: row.size, root: row.root, note: row.note, signedAt: row.signed_at };
}

/** Another process may have signed the same head; its signature is the same too. */
export async function insertCheckpoint(tx: Transaction, checkpoint: StoredCheckpoint): Promise<void> {
  await tx.query(
    `insert into evidence.checkpoint (size, root, note, signed_at)
     values ($1, $2, $3, $4)
     on conflict on constraint checkpoint_pkey do nothing`,
    [checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.signedAt.toString()],
  );
}

export async function findLeafIndex(tx: Transaction, payloadDigest: Uint8Array): Promise<number | undefined> {
  const [row] = await tx.prepared<{ index: number }>(
    'evidence-find-leaf',
    'select index from evidence.leaf where payload_digest = $1',
    [payloadDigest],
  );
  return row?.index;
}

export async function readPayloadDigests(tx: Transaction, start: number, end: number): Promise<Buffer[]> {
  const rows = await tx.prepared<{ payload_digest: Buffer }>(
    'evidence-read-digests',
    `select payload_digest
     from evidence.leaf
     where index >= $1
       and index < $2
     order by index`,
    [start, end],
  );
  return rows.map((row) => row.payload_digest);
}

export interface Backlog {
  /** Entries without a leaf, counted up to the given bound. */
  readonly pending: number;
  readonly headSize: number;
  readonly checkpointSize: number;
  readonly checkpointAt: Temporal.Instant | null;
}

export async function readBacklog(tx: Transaction, bound: number): Promise<Backlog> {
  const [row] = await tx.prepared<{
    pending: number;
    head_size: number;
    checkpoint_size: number | null;
    checkpoint_at: Temporal.Instant | null;
  }>(
    'evidence-backlog',
    `select
       (select count(*) from (select ordinal from evidence.pending limit $1) as counted) as pending,
       head.size as head_size,
       newest.size as checkpoint_size,
       newest.signed_at as checkpoint_at
     from evidence.head
     left join lateral (
       select size, signed_at
       from evidence.checkpoint
       order by size desc
       limit 1
     ) as newest on true`,
    [bound],
  );
  assert(row, 'the log has a head');
  return {
    pending: row.pending,
    headSize: row.head_size,
    checkpointSize: row.checkpoint_size ?? 0,
    checkpointAt: row.checkpoint_at,
  };
}
