/**
 * A transaction carries its time and whose rows it may see. Everything a use case writes has the same `now`, taken
 * from the database, so several servers with drifting clocks still tell one story.
 */
import type { Socket } from 'node:net';
import type pg from 'pg';
import { isId } from '#foundation/ids';
import type { OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';

export interface Transaction {
  /** The database's clock at the start of the transaction, to the millisecond. */
  readonly now: Temporal.Instant;
  /** Statements asked for in the same turn of the event loop (`Promise.all`) run in that order and travel together. */
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
    const now = await begin(client, options.organisations ?? []);
    const result = await work(transactionOn(client, now));
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

/** One message for what would be two; it takes no parameters, so what goes into its text is checked here. */
async function begin(
  client: pg.PoolClient,
  organisations: readonly OrganisationId[],
): Promise<Temporal.Instant> {
  assert(organisations.every(isId), 'ids of organisations are uuids');
  const results: unknown = await client.query(
    `begin isolation level read committed;
     select date_trunc('milliseconds', now()) as now, set_config('app.organisations', '{${organisations.join(',')}}', true)`,
  );
  const [, { rows }] = results as [unknown, pg.QueryResult<{ now: Temporal.Instant }>];
  return rows[0]!.now;
}

function transactionOn(client: pg.PoolClient, now: Temporal.Instant): Transaction {
  const together = corker(client);
  return {
    now,
    query: async (text, parameters = []) => {
      together();
      return (await client.query(text, parameters as unknown[])).rows;
    },
    prepared: async (name, text, parameters) => {
      together();
      return (await client.query({ name, text, values: parameters as unknown[] })).rows;
    },
  };
}

/** Statements of one turn go out in one write: a system call costs more than many a statement. */
function corker(client: pg.PoolClient): () => void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  let isCorked = false;
  return () => {
    if (isCorked) return;
    isCorked = true;
    stream.cork();
    process.nextTick(() => {
      isCorked = false;
      stream.uncork();
    });
  };
}
