/**
 * A backup of a data folder with its embedded PostgreSQL, whether its server runs or not.
 *
 * The order is what makes it consistent. Contents first and, once more, last: every row that was saved then has its
 * file, also one whose content was removed in between. Checkpoints while the cluster is copied, before the end of that:
 * the log of the copy has everything that a copied checkpoint says.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Client } from 'pg';
import { copyRunningCluster, hasCluster, openEmbedded } from '#foundation/db/embedded';
import { syncFolder } from '#foundation/disk';
import { createCopying } from './copying.ts';
import { lastBackupName, listBlobFiles, listDataFiles } from './data-folder.ts';
import { type Manifest, manifestName, sumsName } from './manifest.ts';
import { refuse } from './refusals.ts';
import { requireRoom, sizeOf } from './room.ts';

export interface BackupRequest {
  readonly dataFolder: string;
  /** The folder that holds the backups; this one gets a name of its own in it, by its time. */
  readonly into: string;
  /** Whether `DIR/keys` goes with it: whoever has such a backup can read everything. */
  readonly withKeys: boolean;
  readonly program: string;
  readonly now: Temporal.Instant;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
  readonly onNotice: (text: string) => void;
}

export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Refuses with `backup.*` and `embedded.*`. Leaves nothing where it fails, and never writes over anything. */
export async function backUp(request: BackupRequest): Promise<Backup> {
  const target = join(resolve(request.into), nameAt(request.now));
  const dataFolder = await openDataFolder(request, target);
  await using embedded = await openEmbedded(dataFolder, request.onNotice);
  const cluster = join(embedded.home, 'cluster');
  const totalBytes = (await sizeOf(dataFolder)) + (await sizeOf(cluster));
  await requireRoom(target, totalBytes);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });

  const unfinished = `${target}.unfinished-${randomBytes(4).toString('hex')}`;
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const manifest = await fill(unfinished, { ...request, dataFolder, cluster, totalBytes, embedded });
    await renameNew(unfinished, target);
    await syncFolder(dirname(target));
    await rememberBackup(dataFolder, { madeAt: manifest.madeAt, folder: target });
    return { folder: target, manifest };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function openDataFolder({ dataFolder }: BackupRequest, target: string): Promise<string> {
  if (!(await hasCluster(dataFolder))) {
    const kind = await readFile(join(dataFolder, 'database'), 'utf8').catch(() => '');
    throw refuse(kind.trim() === 'external' ? 'database_elsewhere' : 'nothing_there', { folder: dataFolder });
  }
  const folder = await realpath(dataFolder);
  if (!relative(folder, target).startsWith('..')) throw refuse('target_inside', { target, folder });
  return folder;
}

interface Filling extends BackupRequest {
  readonly cluster: string;
  readonly totalBytes: number;
  readonly embedded: { readonly superuserUrl: string; readonly ownerUrl: string };
}

async function fill(target: string, filling: Filling): Promise<Manifest> {
  const { dataFolder, cluster, embedded, withKeys, signal, totalBytes } = filling;
  const sums = new Map<string, string>();
  const folders: string[] = [];
  const copying = createCopying({
    signal,
    onProgress: (bytes) => filling.onProgress({ bytes, totalBytes }),
  });
  const add = async (from: string, path: string): Promise<void> => {
    if (sums.has(path)) return;
    const onCopied = (digest: string): void => void sums.set(path, digest);
    await copying.add(join(from, relative(path.split('/')[0]!, path)), join(target, path), {
      mayVanish: true,
      onCopied,
    });
  };
  const addBlobs = async (): Promise<void> => {
    for await (const path of listBlobFiles(join(dataFolder, 'blobs'))) {
      await add(dataFolder, join('data', 'blobs', path));
    }
    await copying.settled();
  };

  const { logSize, postgresql } = await inspect(embedded.ownerUrl);
  await addBlobs();
  const label = await copyRunningCluster({
    superuserUrl: embedded.superuserUrl,
    cluster,
    onFile: (path) => add(cluster, join('cluster', path)),
    onFolder: async (path) => {
      folders.push(join('cluster', path));
      await copying.makeFolder(join(target, 'cluster', path));
    },
    meanwhile: async () => {
      for await (const path of listDataFiles(dataFolder, { withKeys })) {
        await add(dataFolder, join('data', path));
      }
      await copying.settled();
    },
  });
  await addBlobs();
  await writeFlushed(join(target, 'cluster', 'backup_label'), label);
  sums.set('cluster/backup_label', digestOf(label));

  const lines = [...sums].map(([path, digest]) => `${digest}  ${path}\n`).join('');
  await writeFlushed(join(target, sumsName), lines);
  const manifest: Manifest = {
    format: 'lienthong-backup@v1',
    madeAt: filling.now.toString({ smallestUnit: 'millisecond' }),
    program: filling.program,
    postgresql,
    instance: (await readFile(join(dataFolder, 'instance'), 'utf8').catch(() => '')).trim() || null,
    logSize,
    holdsKeys: withKeys,
    folders,
    fileCount: sums.size,
    sizeBytes: copying.sizeBytes,
    sums: digestOf(lines),
  };
  await writeFlushed(join(target, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await syncFolder(target);
  return manifest;
}

async function inspect(ownerUrl: string): Promise<{ logSize: number; postgresql: string }> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'lienthong/backup' });
  await client.connect();
  try {
    const { rows } = await client.query<{ logSize: number; postgresql: string }>(
      `select
         (current_setting('server_version_num')::int / 10000)::text as postgresql,
         (select size from evidence.head)::float8 as "logSize"`,
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}

/** `rename` takes the place of an empty folder; two backups of one second would then be one. */
async function renameNew(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw refuse('target_taken', { target: to });
    throw error;
  });
  await rename(from, to);
}

async function rememberBackup(dataFolder: string, backup: object): Promise<void> {
  const path = join(dataFolder, lastBackupName);
  await writeFile(`${path}.new`, `${JSON.stringify(backup)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** A name that sorts by time and that every file system takes. */
function nameAt(now: Temporal.Instant): string {
  return now.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function writeFlushed(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}
