/** How far the log is behind the facts, and what follows the log behind the log, looked at once a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface LogLag {
  /** Entries that wait for their leaf. */
  readonly mostPending: number;
  /** Leaves that the change feed and the duties of time have not seen. */
  readonly mostUnfollowed: number;
  /** From the last message to a log in which nothing waits. */
  readonly catchUpSeconds: number;
}

export interface LagWatch {
  end(): Promise<LogLag>;
  /** Safe to call also after `end`. */
  close(): Promise<void>;
}

const patienceSeconds = 120;

export async function watchLag(ownerUrl: string): Promise<LagWatch> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const most = { pending: 0, unfollowed: 0 };
  const read = async (): Promise<{ pending: number; unfollowed: number }> => {
    const { rows } = await client.query<{ pending: string; unfollowed: string }>(
      `select (select count(*) from evidence.pending) as pending,
         greatest(head.size - event_head.position, head.size - log_position.next_index) as unfollowed
       from evidence.head, exchange.event_head, exchange.log_position`,
    );
    const lag = { pending: Number(rows[0]?.pending ?? 0), unfollowed: Number(rows[0]?.unfollowed ?? 0) };
    most.pending = Math.max(most.pending, lag.pending);
    most.unfollowed = Math.max(most.unfollowed, lag.unfollowed);
    return lag;
  };
  const ending = new AbortController();
  const watching = (async () => {
    while (!ending.signal.aborted) {
      await read();
      await sleep(1_000, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    async end() {
      ending.abort();
      await watching;
      const endedAt = performance.now();
      const elapsed = (): number => (performance.now() - endedAt) / 1000;
      for (
        let lag = await read();
        lag.pending + lag.unfollowed > 0 && elapsed() < patienceSeconds;
        lag = await read()
      ) {
        await sleep(100);
      }
      return { mostPending: most.pending, mostUnfollowed: most.unfollowed, catchUpSeconds: elapsed() };
    },
    async close() {
      ending.abort();
      await watching.catch(() => undefined);
      await client.end();
    },
  };
}
