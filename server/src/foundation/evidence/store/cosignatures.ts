/** Cosignatures of witnesses, and which checkpoint they are asked for. */
import type { Transaction } from '#foundation/db';
import type { NoteSignature } from '../note.ts';
import type { StoredCheckpoint } from './log.ts';

/** A key as rows name it. */
export interface CosignerId {
  readonly name: string;
  readonly keyId: Buffer;
}

/** Returns whether it is new. */
export async function insertCosignature(
  tx: Transaction,
  size: number,
  { name, keyId, signature }: NoteSignature,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into evidence.cosignature (size, witness_name, key_id, signature, received_at)
     values ($1, $2, $3, $4, $5)
     on conflict on constraint cosignature_pkey do nothing
     returning size`,
    [size, name, keyId, signature, tx.now.toString()],
  );
  return rows.length > 0;
}

/** Of one checkpoint, in the order in which they came. */
export async function readCosignatures(tx: Transaction, size: number): Promise<NoteSignature[]> {
  const rows = await tx.prepared<{ witness_name: string; key_id: Buffer; signature: Buffer }>(
    'evidence-read-cosignatures',
    `select witness_name, key_id, signature
     from evidence.cosignature
     where size = $1
     order by received_at, witness_name, key_id
     limit $2`,
    [size, maxCosignatures],
  );
  return rows.map((row) => ({ name: row.witness_name, keyId: row.key_id, signature: row.signature }));
}

/** With the log's own signature no more than a reader of notes takes. */
const maxCosignatures = 60;

/** The largest size that the witness cosigned, as far as we have its cosignatures; 0 where we have none. */
export async function readCosignedSize(tx: Transaction, { name, keyId }: CosignerId): Promise<number> {
  const [row] = await tx.query<{ size: number | null }>(
    'select max(size) as size from evidence.cosignature where witness_name = $1 and key_id = $2',
    [name, keyId],
  );
  return row?.size ?? 0;
}

/**
 * The checkpoint that all witnesses are asked for now: the first one of the present period, so that they cosign the
 * same and come to a quorum, although a new one is signed every second; the newest one where this period has none.
 */
export async function readCheckpointToCosign(tx: Transaction): Promise<StoredCheckpoint | undefined> {
  const [row] = await tx.prepared<{ size: number; root: Buffer; note: string; signed_at: Temporal.Instant }>(
    'evidence-checkpoint-to-cosign',
    `select size, root, note, signed_at
     from (
       -- So many can be signed in a period; without the bound a quiet log would be read from its beginning.
       select size, root, note, signed_at
       from evidence.checkpoint
       order by size desc
       limit $2
     ) as recent
     order by
       signed_at >= date_bin(make_interval(secs => $1), now(), 'epoch') desc,
       case when signed_at >= date_bin(make_interval(secs => $1), now(), 'epoch') then size else -size end
     limit 1`,
    [periodSeconds, periodSeconds * maxCheckpointsPerSecond],
  );
  return row && { size: row.size, root: row.root, note: row.note, signedAt: row.signed_at };
}

const periodSeconds = 5;
/** Each process signs at most one a second. */
const maxCheckpointsPerSecond = 16;

/**
 * The largest checkpoint within the sizes that a quorum cosigned. Looks back over a bounded number of cosignatures: when
 * the witnesses have been away for longer, there is none to be found soon.
 */
export async function findWitnessedSize(
  tx: Transaction,
  sizes: { readonly above: number; readonly atMost: number },
  policy: {
    readonly quorum: number;
    readonly keys: readonly (CosignerId & {
      readonly fromSize: number;
      readonly untilSize: number | null;
    })[];
  },
): Promise<number | undefined> {
  if (policy.quorum === 0) return undefined;
  const [row] = await tx.prepared<{ size: number }>(
    'evidence-find-witnessed',
    `select size
     from (
       select size, witness_name, key_id
       from evidence.cosignature
       where size > $1
         and size <= $2
       order by size desc
       limit $3
     ) as recent
     join unnest($4::text[], $5::bytea[], $6::bigint[], $7::bigint[])
       as listed (witness_name, key_id, from_size, until_size) using (witness_name, key_id)
     where size >= from_size
       and (until_size is null or size < until_size)
     group by size
     having count(distinct witness_name) >= $8
     order by size desc
     limit 1`,
    [
      sizes.above,
      sizes.atMost,
      maxCosignaturesLookedAt,
      policy.keys.map(({ name }) => name),
      policy.keys.map(({ keyId }) => keyId),
      policy.keys.map(({ fromSize }) => fromSize),
      policy.keys.map(({ untilSize }) => untilSize),
      policy.quorum,
    ],
  );
  return row?.size;
}

const maxCosignaturesLookedAt = 2_000;
