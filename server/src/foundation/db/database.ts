/**
 * Three pools, one per database role: use cases (`lt_app`), the gathered acceptance (`lt_ingest`, which may only
 * insert into named tables) and the log's sequencer (`lt_sequencer`). None is a superuser or an owner of tables,
 * so row-level security and missing grants hold even for a bug of ours.
 */
import { Pool, types } from 'pg';

// bigint columns are counters and sizes, far below 2^53; numbers are what the code wants.
types.setTypeParser(types.builtins.INT8, (text) => Number(text));
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => Temporal.Instant.from(text.replace(' ', 'T')));
types.setTypeParser(types.builtins.DATE, (text) => Temporal.PlainDate.from(text));

export interface Database {
  readonly app: Pool;
  readonly ingest: Pool;
  readonly sequencer: Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections of the `lt_app` pool; the other two are small and fixed. */
  readonly appConnections?: number;
  /** Told of a connection that broke while idle, so that a stopping PostgreSQL does not stop the process. */
  readonly onIdleError?: (error: Error) => void;
}

export function connect(options: DatabaseOptions): Database {
  const pool = (role: string, max: number): Pool => {
    const created = new Pool({
      connectionString: options.url,
      max,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 60_000,
      // Statements that do not need each other's answers travel together.
      pipeline: true,
      application_name: `lienthong/${role}`,
      // UTC so that timestamptz always comes as +00; the role because a login may be member of several.
      options: `-c role=${role} -c timezone=UTC`,
    });
    created.on('error', (error) => options.onIdleError?.(error));
    // A connection may also break while it is lent out, between two statements: unheard, that error would end the
    // process. Nothing is lost by hearing it in silence, since the next statement rejects.
    created.on('connect', (client) => client.on('error', () => undefined));
    return created;
  };
  const app = pool('lt_app', options.appConnections ?? 12);
  const ingest = pool('lt_ingest', 4);
  const sequencer = pool('lt_sequencer', 2);
  return {
    app,
    ingest,
    sequencer,
    close: async () => {
      await Promise.all([app.end(), ingest.end(), sequencer.end()]);
    },
  };
}
