import type { Transaction } from '#foundation/db';
import { measures } from '../statistics/daily-count.ts';
import type { Count, CountKey } from '../statistics/daily-count.ts';

/** Adds to the figures of each key. */
export async function addCounts(tx: Transaction, counts: readonly Count[]): Promise<void> {
  if (counts.length === 0) return;
  const column = <Value>(value: (count: Count) => Value): Value[] => counts.map(value);
  await tx.prepared(
    'add-counts',
    `insert into exchange.daily_count as counted (
       organisation_id, on_day, side, document_kind, paper, ${measures.join(', ')}
     )
     select * from unnest(
       $1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[],
       ${measures.map((_, index) => `$${index + 6}::bigint[]`).join(', ')}
     )
     on conflict (organisation_id, on_day, side, document_kind, paper) do update
     set ${measures.map((measure) => `${measure} = counted.${measure} + excluded.${measure}`).join(', ')}`,
    [
      column(({ key }) => key.organisationId),
      column(({ key }) => key.onDay.toString()),
      column(({ key }) => key.side),
      column(({ key }) => key.documentKind),
      column(({ key }) => key.paper),
      ...measures.map((measure) => column(({ counted }) => counted[measure])),
    ],
  );
}

/** Takes back what was counted as late under each key, once a key: the deadline moved behind today. */
export async function takeBackLate(tx: Transaction, keys: readonly CountKey[]): Promise<void> {
  if (keys.length === 0) return;
  const column = <Value>(value: (key: CountKey) => Value): Value[] => keys.map(value);
  await tx.query(
    `update exchange.daily_count counted
     set late = late - given.times
     from (
       select organisation_id, on_day, side, document_kind, paper, count(*) as times
       from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[])
         as key (organisation_id, on_day, side, document_kind, paper)
       group by organisation_id, on_day, side, document_kind, paper
     ) given
     where (counted.organisation_id, counted.on_day, counted.side, counted.document_kind, counted.paper)
       = (given.organisation_id, given.on_day, given.side, given.document_kind, given.paper)`,
    [
      column((key) => key.organisationId),
      column((key) => key.onDay.toString()),
      column((key) => key.side),
      column((key) => key.documentKind),
      column((key) => key.paper),
    ],
  );
}
