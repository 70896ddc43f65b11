/** A pool of connections whose lending the scheduler decides, and whose COMMIT may meet any fate. */
import type { Pool, PoolClient } from 'pg';
import type { Scheduler } from './scheduler.ts';

export interface PoolOptions {
  readonly scheduler: Scheduler;
  /** What the database's clock shows. */
  readonly now: () => Temporal.Instant;
}

/** As much of a pool as the server uses. */
export function createScheduledPool(pool: Pool, role: string, { scheduler, now }: PoolOptions): Pool {
  const connect = async (): Promise<PoolClient> => {
    const process = scheduler.current?.process;
    const fate = await scheduler.stop(role);
    if (fate === 'unreachable') {
      scheduler.ended();
      throw connectionLost();
    }
    const client = await pool.connect();
    // `now()` without a schema is ours: see `simulatedClock`. It travels with the statement that begins the transaction.
    void client.query(
      `select set_config('search_path', 'simulated, pg_catalog, public', false),
         set_config('simulated.now', '${now().toString()}', false)`,
    );
    let isBroken = false;
    const query = async (statement: unknown, parameters?: unknown[]): Promise<unknown> => {
      if (isBroken) throw connectionLost();
      if (statement !== 'commit' || fate === 'runs') return client.query(statement as string, parameters);
      isBroken = true;
      await client.query(fate.endsWith('after commit') ? 'commit' : 'rollback');
      if (fate.startsWith('cut')) throw connectionLost();
      client.release();
      if (process) scheduler.kill(process);
      scheduler.ended();
      return new Promise(() => undefined);
    };
    const release = (): void => {
      client.release();
      scheduler.ended();
    };
    return new Proxy(client, {
      get(target, name) {
        if (name === 'query') return query;
        if (name === 'release') return release;
        return Reflect.get(target, name) as unknown;
      },
    });
  };
  const query = async (statement: unknown, parameters?: unknown[]): Promise<unknown> => {
    const client = await connect();
    try {
      return await client.query(statement as string, parameters);
    } finally {
      client.release();
    }
  };
  return { connect, query } as unknown as Pool;
}

/** For the owner of the tables, once. Functions with a search path of their own keep the real clock; none reads it. */
export const simulatedClock = `
  create schema simulated;
  grant usage on schema simulated to public;
  create function simulated.now() returns timestamptz
    language sql stable
    return current_setting('simulated.now')::timestamptz`;

function connectionLost(): Error {
  return Object.assign(new Error('the connection to PostgreSQL broke'), { code: 'ECONNRESET' });
}
