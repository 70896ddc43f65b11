/** A PostgreSQL for the time of a benchmark, with the migrated schema and its normal durability. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { connect, grantRoles, migrate } from '../server/src/foundation/db/index.ts';
import { startEmbedded } from '../server/src/foundation/db/embedded/index.ts';
import { migrations } from '../server/src/migrations.ts';
import type { Database } from '../server/src/foundation/db/index.ts';

export interface MeasuredDatabase {
  readonly database: Database;
  readonly url: string;
  readonly ownerUrl: string;
  /** Of the postmaster. */
  readonly processId: number;
  /** From now on each flush of the log takes so much longer, as on a disk that has to turn. */
  setFlushDelay(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startMeasuredDatabase(folder: string): Promise<MeasuredDatabase> {
  const dataFolder = join(folder, 'postgres');
  await mkdir(dataFolder, { recursive: true });
  const postgres = await startEmbedded({ folder: dataFolder, onNotice: () => undefined });
  await migrate(postgres.ownerUrl, migrations);
  await grantRoles(postgres.ownerUrl, postgres.loginName);
  const database = connect({ url: postgres.url, appConnections: 16 });
  return {
    database,
    url: postgres.url,
    ownerUrl: postgres.ownerUrl,
    processId: postgres.processId,
    setFlushDelay: (milliseconds) => setFlushDelay(postgres.superuserUrl, milliseconds),
    async stop() {
      await database.close();
      await postgres.stop();
      await rm(postgres.home, { recursive: true, force: true });
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** With `commit_siblings = 0` whoever flushes the log waits `commit_delay` first, and the others wait for him. */
async function setFlushDelay(superuserUrl: string, milliseconds: number): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(`alter system set commit_siblings = 0`);
    await client.query(`alter system set commit_delay = ${Math.round(milliseconds * 1000)}`);
    await client.query(`select pg_reload_conf()`);
  } finally {
    await client.end();
  }
}
