import type { Transaction } from '#foundation/db';

/** How old the newest of each is; null where there is none. */
export interface ProofAges {
  readonly stampSeconds: number | null;
  readonly cosignatureSeconds: number | null;
}

/** Works as the role of use cases, which may read both. */
export async function readProofAges(tx: Transaction): Promise<ProofAges> {
  const [row] = await tx.query<ProofAges & Record<string, number | null>>(
    `select (
         select extract(epoch from now() - stamped_at)::float8
         from evidence.time_stamp
         order by size desc
         limit 1
       ) as "stampSeconds",
       (
         select extract(epoch from now() - received_at)::float8
         from evidence.cosignature
         order by size desc
         limit 1
       ) as "cosignatureSeconds"`,
  );
  return row!;
}
