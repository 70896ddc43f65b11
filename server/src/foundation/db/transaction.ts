/**
 * A transaction carries its time and whose rows it may see. Everything a use case writes has the same `now`, taken
 * from the database, so several servers with drifting clocks still tell one story.
 */
import type pg from 'pg';
import type { OrganisationId } from '#foundation/ids';

export interface Transaction {
  /** The database's clock at the start of the transaction, to the millisecond. */
  readonly now: Temporal.Instant;
  query<Row extends pg.QueryResultRow>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A named prepared statement, for what runs thousands of times a second. */
  prepared<Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    parameters: readonly unknown[],
  ): Promise<Row[]>;
}

export interface TransactionOptions {
  /**
   * The organisations for whom this transaction acts: row-level security shows no others. Leave it out for work
   * on tables that belong to no organisation.
   */
  readonly organisations?: readonly OrganisationId[];
}

export async function inTransaction<Result>(
  pool: pg.Pool,
  options: TransactionOptions,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const [, { rows }] = await Promise.all([
      client.query('begin isolation level read committed'),
      client.query<{ now: Temporal.Instant }>({
        name: 'begin-transaction',
        text: `select date_trunc('milliseconds', now()) as now, set_config('app.organisations', $1, true)`,
        values: [`{${(options.organisations ?? []).join(',')}}`],
      }),
    ]);
    const result = await work(transactionOn(client, rows[0]!.now));
    await client.query('commit');
    return result;
  } catch (error) {
    // A rollback that fails means the connection is gone: the pool must drop it, and the first error is the story.
    await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    throw error;
  } finally {
    client.release(broken);
  }
}

function transactionOn(client: pg.PoolClient, now: Temporal.Instant): Transaction {
  return {
    now,
    query: async (text, parameters = []) => (await client.query(text, parameters as unknown[])).rows,
    prepared: async (name, text, parameters) =>
      (await client.query({ name, text, values: parameters as unknown[] })).rows,
  };
}
