import { forgetSystems } from './remembered-systems.ts';
import type pg from 'pg';
import type { Database } from '#foundation/db';

const reconnectMillis = 1_000;

/**
 * Listens for changes of the directory and makes this process forget what it remembered. Call it once at the
 * start, and close before the database closes. While the connection is down, what is remembered still ends
 * after two seconds.
 */
export function watchDirectory(database: Database): { close(): Promise<void> } {
  let closed = false;
  let client: pg.PoolClient | undefined;
  let retry: NodeJS.Timeout | undefined;

  const listen = async (): Promise<void> => {
    try {
      const connected = await database.app.connect();
      connected.on('notification', () => forgetSystems(database));
      connected.on('error', lost);
      client = connected;
      await connected.query('listen directory_changed');
      // Changes of the time without a connection were not heard.
      forgetSystems(database);
    } catch {
      lost();
    }
  };
  const lost = (): void => {
    drop();
    if (!closed) later();
  };
  /** Destroyed rather than given back: nobody else should hear what was listened for here. */
  const drop = (): void => {
    client?.release(true);
    client = undefined;
  };
  const later = (): void => {
    clearTimeout(retry);
    retry = setTimeout(() => {
      listening = listen();
    }, reconnectMillis).unref();
  };

  let listening = listen();
  return {
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await listening;
      drop();
    },
  };
}
