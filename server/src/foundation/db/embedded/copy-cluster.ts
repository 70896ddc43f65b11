/**
 * A copy of a cluster while it runs, by PostgreSQL's own backup protocol: between `pg_backup_start` and `pg_backup_stop`
 * its files may be read in any state, because the write-ahead log of that time, which goes with the copy, mends them.
 *
 * The protocol belongs to one session and so does the slot that keeps that log from being recycled: when the session
 * ends, for whatever reason, PostgreSQL forgets both, and a backup that was killed leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

export interface ClusterCopy {
  readonly superuserUrl: string;
  /** The cluster's folder. */
  readonly cluster: string;
  /** Takes one file or makes one folder, named from the cluster's folder. A file may vanish before it is read. */
  readonly onFile: (path: string) => Promise<void>;
  readonly onFolder: (path: string) => Promise<void>;
  /** Done while the cluster is in backup: what must not be newer than the copy of the database. */
  readonly meanwhile: () => Promise<void>;
}

/** Returns the text of `backup_label`, which belongs into the copy: without it PostgreSQL would take it for whole. */
export async function copyRunningCluster(copy: ClusterCopy): Promise<string> {
  const client = new Client({ connectionString: copy.superuserUrl, application_name: 'lienthong/backup' });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  client.on('error', (error) => broken.reject(new Error('PostgreSQL ended the backup', { cause: error })));
  await client.connect();
  try {
    const slot = `lienthong_backup_${randomBytes(6).toString('hex')}`;
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [slot]);
    const started = await client.query<{ segment: string }>(
      `select pg_walfile_name(pg_backup_start('lienthong', true)) as segment`,
    );
    await Promise.race([copyFiles(copy), broken.promise]);
    const stopped = await client.query<{ labelfile: string; segment: string }>(
      `select labelfile, pg_walfile_name(lsn) as segment from pg_backup_stop(false)`,
    );
    const [{ segment: first }, { segment: last, labelfile }] = [started.rows[0]!, stopped.rows[0]!];
    await Promise.race([copyWal(copy, { first, last }), broken.promise]);
    return labelfile;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether a name is that of a segment of the write-ahead log. */
export function isWalSegment(name: string): boolean {
  return /^[0-9A-F]{24}$/.test(name);
}

/** Their contents belong to the running server and are made anew: chapter "Making a base backup" of its manual. */
const emptied = new Set([
  'log',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);
const leftOut = /^(postmaster\.(pid|opts)|current_logfiles|backup_label|pgsql_tmp.*|pg_internal\.init)$/;

async function copyFiles({ cluster, onFile, onFolder, meanwhile }: ClusterCopy): Promise<void> {
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(cluster, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (leftOut.test(entry.name)) continue;
      if (entry.isFile()) await onFile(path);
      if (!entry.isDirectory()) continue;
      await onFolder(path);
      if (!emptied.has(path)) await walk(path);
    }
  };
  await walk('');
  for (const path of ['pg_wal/archive_status', 'pg_wal/summaries']) await onFolder(path);
  await meanwhile();
}

async function copyWal(
  { cluster, onFile }: ClusterCopy,
  { first, last }: { first: string; last: string },
): Promise<void> {
  const names = (await readdir(join(cluster, 'pg_wal'))).toSorted();
  for (const name of names) {
    if (name.endsWith('.history') || (isWalSegment(name) && name >= first && name <= last)) {
      await onFile(join('pg_wal', name));
    }
  }
}
