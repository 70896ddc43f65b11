/** Brings what a table holds sealed under the current master key, page by page in the order of its key. */
import type { Pool } from 'pg';
import { assert } from '#foundation/refusal';
import type { RotatingSecretBox } from './secret-box.ts';

export interface SealedColumn {
  /** With its schema: `directory.credential`. Never from outside. */
  readonly table: string;
  readonly column: string;
  readonly primaryKey: readonly string[];
  /** What the secrets of this table are bound to, from the columns of its row. */
  readonly boundTo: readonly string[];
  readonly contextOf: (bound: readonly string[]) => string;
}

export interface RewrapReport {
  readonly examined: number;
  readonly rewrapped: number;
}

const pageRows = 1_000;
const name = /^[a-z_]+(\.[a-z_]+)?$/;

/**
 * Works as the owner, who sees the rows of all organisations, beside a running server: a row that changed meanwhile is
 * left, because whoever changed it sealed it under the current key or is met by the next run.
 */
export async function rewrapColumn(
  owner: Pool,
  box: RotatingSecretBox,
  { table, column, primaryKey, boundTo, contextOf }: SealedColumn,
): Promise<RewrapReport> {
  assert(
    [table, column, ...primaryKey, ...boundTo].every((text) => name.test(text)),
    'names are our own',
  );
  const keys = primaryKey.map((key) => `${key}::text`).join(', ');
  const bound = boundTo.map((key) => `${key}::text`).join(', ');
  const tuple = primaryKey.join(', ');
  const places = (from: number): string => primaryKey.map((_, index) => `$${from + index}`).join(', ');
  let after: readonly string[] | undefined;
  let report: RewrapReport = { examined: 0, rewrapped: 0 };
  for (;;) {
    const { rows } = await owner.query<{ keys: string[]; bound: string[]; sealed: Buffer }>(
      `select array[${keys}] as keys, array[${bound}] as bound, ${column} as sealed
       from ${table}
       where ${column} is not null ${after ? `and (${tuple}) > (${places(1)})` : ''}
       order by ${tuple}
       limit ${pageRows}`,
      [...(after ?? [])],
    );
    for (const row of rows) {
      const sealed = box.rewrap(row.sealed, contextOf(row.bound));
      if (!sealed) continue;
      const { rowCount } = await owner.query(
        `update ${table} set ${column} = $1 where (${tuple}) = (${places(3)}) and ${column} = $2`,
        [sealed, row.sealed, ...row.keys],
      );
      report = { ...report, rewrapped: report.rewrapped + (rowCount ?? 0) };
    }
    report = { ...report, examined: report.examined + rows.length };
    if (rows.length < pageRows) return report;
    after = rows.at(-1)!.keys;
  }
}

/** The ids of the master keys under which something in the table is sealed, with how much. */
export async function countSealed(
  owner: Pool,
  { table, column }: Pick<SealedColumn, 'table' | 'column'>,
): Promise<Map<string, number>> {
  assert(
    [table, column].every((text) => name.test(text)),
    'names are our own',
  );
  const { rows } = await owner.query<{ key_id: string; count: string }>(
    `select encode(substring(${column} from 2 for 4), 'hex') as key_id, count(*) as count
     from ${table}
     where ${column} is not null
     group by 1`,
  );
  return new Map(rows.map((row) => [row.key_id, Number(row.count)]));
}
