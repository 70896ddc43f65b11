/** What was signed by which key of late, to know whether one can be retired. Asked by the owner, who sees all entries. */
import type { Transaction } from '#foundation/db';

export interface KeyUse {
  /** Size of the tree now. */
  readonly size: number;
  /** Receipt keys of the entries that have no leaf yet or were recorded of late. */
  readonly receiptKeyIds: readonly string[];
  /** The newest checkpoint, and those signed of late. */
  readonly checkpoints: readonly string[];
}

/** At 1,500 entries a second a minute has 90,000. */
const recentLeaves = 200_000;

export async function readKeyUse(tx: Transaction, withinSeconds: number): Promise<KeyUse> {
  const [use] = await tx.query<{ size: number; receipt_key_ids: string[]; checkpoints: string[] }>(
    `select head.size,
       array(
         select distinct e.key_id
         from evidence.entry e
         join (
           select organisation_id, entry_id from evidence.pending
           union all
           select organisation_id, entry_id from evidence.leaf where index >= head.size - $2
         ) recent on recent.organisation_id = e.organisation_id and recent.entry_id = e.id
         where e.recorded_at > now() - make_interval(secs => $1)
           or exists (select from evidence.pending p where p.organisation_id = e.organisation_id and p.entry_id = e.id)
       ) as receipt_key_ids,
       array(
         select note from evidence.checkpoint
         where signed_at > now() - make_interval(secs => $1)
           or size = (select max(size) from evidence.checkpoint)
       ) as checkpoints
     from evidence.head`,
    [withinSeconds, recentLeaves],
  );
  return { size: use!.size, receiptKeyIds: use!.receipt_key_ids, checkpoints: use!.checkpoints };
}
