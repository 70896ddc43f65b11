import type { Snapshot } from './inspection.ts';

export interface InspectedCosignature {
  readonly size: number;
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
  /** Of the checkpoint that it is on; null where there is none. */
  readonly note: string | null;
}

/** By size, name and key, beginning behind the given one. */
export async function readInspectedCosignatures(
  snapshot: Snapshot,
  {
    after,
    since,
    limit,
  }: {
    readonly after: Pick<InspectedCosignature, 'size' | 'name' | 'keyId'> | undefined;
    readonly since: Temporal.Instant | null;
    readonly limit: number;
  },
): Promise<InspectedCosignature[]> {
  const { size, name, keyId } = after ?? { size: -1, name: '', keyId: Buffer.alloc(0) };
  const rows = await snapshot.query<InspectedCosignature>(
    `select size, witness_name as name, key_id as "keyId", signature, note
     from evidence.cosignature
     left join evidence.checkpoint using (size)
     where (size, witness_name, key_id) > ($1::bigint, $2::text, $3::bytea)
       and ($5::timestamptz is null or received_at > $5)
     order by size, witness_name, key_id
     limit $4`,
    [size, name, keyId, limit, since],
  );
  return rows;
}
