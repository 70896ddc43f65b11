/** Reads the views that reports are made of. They hold figures of every organisation and nothing about a document. */
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import { measures } from '../statistics/daily-count.ts';
import type { Measure } from '../statistics/daily-count.ts';
import type { DutyRule } from '../duties/duty.ts';

export interface Period {
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
}

export interface ReportQuery extends Period {
  /** Only these; all where left out. */
  readonly organisations?: readonly OrganisationId[] | undefined;
}

export const groupings = {
  organisation: 'code',
  level: 'level::text',
  kind: 'document_kind',
  day: `to_char(on_day, 'yyyy-mm-dd')`,
  paper: 'paper',
} as const;
export type Grouping = keyof typeof groupings;

export type TrafficRow = Readonly<Record<Measure, number>> & {
  readonly group: string;
  /** The name of the organisation, where rows are by organisation. */
  readonly name: string | null;
  readonly side: 'sent' | 'received';
};

export async function sumTraffic(
  tx: Transaction,
  query: ReportQuery & { readonly by: Grouping; readonly maxRows: number },
): Promise<TrafficRow[]> {
  const group = groupings[query.by];
  return tx.query(
    `select ${group} as "group", ${query.by === 'organisation' ? 'min(name)' : 'null'} as name, side,
       ${measures.map((measure) => `sum(${measure})::bigint as ${measure}`).join(', ')}
     from exchange.report_traffic
     where on_day between $1 and $2
       and ($3::uuid[] is null or organisation_id = any ($3))
     group by ${group}, side
     order by ${group}, side desc
     limit $4`,
    [query.from.toString(), query.to.toString(), query.organisations ?? null, query.maxRows],
  );
}

export interface LatenessRow {
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly rule: DutyRule;
  readonly late: number;
  readonly stillOpen: number;
  readonly explained: number;
  readonly oldestDueAt: Temporal.Instant | null;
}

export async function listLateness(tx: Transaction, maxRows: number): Promise<LatenessRow[]> {
  return tx.query(
    `select code, name, level, rule, late, still_open as "stillOpen", explained, oldest_due_at as "oldestDueAt"
     from exchange.report_lateness
     order by still_open desc, late desc, code, rule
     limit $1`,
    [maxRows],
  );
}

export interface SavedTerm {
  readonly term: 'paper' | 'postage' | 'working_time';
  readonly copies: number;
  readonly vndPerCopy: number;
  readonly vnd: number;
}

export async function sumSavings(tx: Transaction, query: ReportQuery): Promise<SavedTerm[]> {
  const rows = await tx.query<{ term: SavedTerm['term']; copies: number; vnd_per_copy: string; vnd: string }>(
    `select term, copies::bigint as copies, round(vnd_per_copy, 2) as vnd_per_copy, round(copies * vnd_per_copy) as vnd
     from exchange.savings_term
     cross join lateral (
       select sum(done) as copies
       from exchange.report_traffic
       where side = 'sent'
         and on_day between $1 and $2
         and ($3::uuid[] is null or organisation_id = any ($3))
         and (paper = 'without' or paper = 'not_stated' and counts_not_stated)
     ) saved
     where copies > 0
     order by term`,
    [query.from.toString(), query.to.toString(), query.organisations ?? null],
  );
  return rows.map(({ term, copies, vnd_per_copy, vnd }) => ({
    term,
    copies,
    vndPerCopy: Number(vnd_per_copy),
    vnd: Number(vnd),
  }));
}

export interface SavingsParameter {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly declaredAt: Temporal.Instant;
  readonly declaredBy: string;
}

export async function listSavingsParameters(tx: Transaction): Promise<SavingsParameter[]> {
  return tx.query(
    `select name, value::float8 as value, unit, source, declared_at as "declaredAt", declared_by as "declaredBy"
     from exchange.savings_parameter_now
     order by name`,
  );
}

export async function insertSavingsParameter(
  tx: Transaction,
  parameter: Omit<SavingsParameter, 'declaredAt'>,
): Promise<void> {
  await tx.query(
    `insert into exchange.savings_parameter (name, declared_at, value, unit, source, declared_by)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      parameter.name,
      tx.now.toString(),
      parameter.value,
      parameter.unit,
      parameter.source,
      parameter.declaredBy,
    ],
  );
}
