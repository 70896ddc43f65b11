/** Looks at a PostgreSQL before anything is trusted to it. */
import { Client } from 'pg';
import { isOutage } from './outage.ts';
import { refuse } from './refusals.ts';

const majorAtLeast = 15;

/** Refuses with `database.unreachable`, `.too_old`, and where it must be durable `.not_durable`. */
export async function inspectServer(
  url: string,
  { mustBeDurable }: { mustBeDurable: boolean },
): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'lienthong/inspect',
    connectionTimeoutMillis: 10_000,
  });
  try {
    await client.connect();
    // The session's view: an option of the login or of the database counts as much as the server's.
    const { rows } = await client.query<{ version: string; major: number; off: string[] }>(`
      select
        current_setting('server_version') as version,
        current_setting('server_version_num')::int / 10000 as major,
        array(
          select name from pg_settings
          where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
        ) as off`);
    const found = rows[0]!;
    if (found.major < majorAtLeast) throw refuse('too_old', { version: found.version });
    if (mustBeDurable && found.off.length > 0) throw refuse('not_durable', { settings: found.off });
  } catch (cause) {
    if (!isOutage(cause) && !isLoginRefused(cause)) throw cause;
    throw refuse('unreachable', { host: new URL(url).host, reason: (cause as Error).message }, { cause });
  } finally {
    await client.end();
  }
}

/** Class 28, invalid authorization; 3D000, no such database. */
function isLoginRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(28|3D000)/.test(String(error.code));
}
