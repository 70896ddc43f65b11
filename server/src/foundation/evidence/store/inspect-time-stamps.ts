import type { Snapshot } from './inspection.ts';

export interface InspectedTimeStamp {
  readonly size: number;
  readonly token: Buffer;
  readonly authority: string;
  readonly stampedAt: Temporal.Instant;
  /** Of the checkpoint; null where there is none of that size. */
  readonly note: string | null;
}

export function readTimeStamps(
  snapshot: Snapshot,
  {
    after,
    since,
    limit,
  }: { readonly after: number; readonly since: Temporal.Instant | null; readonly limit: number },
): Promise<InspectedTimeStamp[]> {
  return snapshot.query<InspectedTimeStamp>(
    `select stamp.size, token, authority, stamped_at as "stampedAt", note
     from evidence.time_stamp stamp
     left join evidence.checkpoint using (size)
     where stamp.size > $1
       and ($3::timestamptz is null or stored_at > $3)
     order by stamp.size
     limit $2`,
    [after, limit, since],
  );
}
