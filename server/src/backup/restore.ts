/**
 * A backup becomes a data folder again, under a name that did not exist. Every file is compared with its digest while it
 * is copied, the database is opened, recovers and is migrated, and only then does the folder get its name: what a power
 * cut or a refusal interrupts leaves nothing that could be started.
 *
 * What was signed after the backup is the operator's to say, because this folder cannot know it; the log would else begin
 * a second history under the same name. See `Published`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { connect, grantRoles, migrate } from '#foundation/db';
import type { MigrationSource } from '#foundation/db';
import { embeddedMajor, isWalSegment, placeCluster, startEmbedded } from '#foundation/db/embedded';
import { syncFolder } from '#foundation/disk';
import { Refusal } from '#foundation/refusal';
import { createCopying, type Copying } from './copying.ts';
import { compareWithPublished, type Published, type RestoredLog } from './compare-with-published.ts';
import { listBlobFiles } from './data-folder.ts';
import { type Manifest, readManifest, readSums, sumsName } from './manifest.ts';
import { refuse } from './refusals.ts';
import { requireRoom } from './room.ts';

export interface RestoreRequest {
  readonly backup: string;
  readonly dataFolder: string;
  /** The copy of `DIR/keys` that is kept apart, for a backup without keys. */
  readonly keys: string | undefined;
  /** Whether the server is given its keys by the environment. */
  readonly hasKeysElsewhere: boolean;
  /** A folder with segments of the write-ahead log from after the backup: the lost cluster's `pg_wal`, or an archive. */
  readonly wal: string | undefined;
  /** The contents of the lost installation: the log of its last hours refers to some that the backup has not. */
  readonly blobs: string | undefined;
  readonly published: Published;
  readonly migrations: readonly MigrationSource[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
  readonly onNotice: (text: string) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Names of the migrations that this program added to the restored database. */
  readonly migrated: readonly string[];
  readonly log: RestoredLog;
}

/** Refuses with `backup.*`, `database.*`, `embedded.*`; then it has left nothing. */
export async function restore(request: RestoreRequest): Promise<Restored> {
  const backup = resolve(request.backup);
  const target = resolve(request.dataFolder);
  const manifest = await readManifest(backup);
  await assertUsable(manifest, { ...request, backup });
  await assertFree(target);
  await requireRoom(target, manifest.sizeBytes);

  const unfinished = `${target}.restoring-${randomBytes(4).toString('hex')}`;
  await mkdir(dirname(target), { recursive: true });
  await mkdir(unfinished, { mode: 0o700 });
  let home: string | undefined;
  try {
    const place = await placeCluster(unfinished);
    ({ home } = place);
    await copyBack({ ...request, backup }, manifest, { data: unfinished, cluster: place.cluster });
    await place.handOver();
    const opened = await openRestored(unfinished, request);
    await rename(unfinished, target);
    await syncFolder(dirname(target));
    return { manifest, ...opened };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (home) await rm(home, { recursive: true, force: true });
    throw error;
  }
}

async function assertUsable(manifest: Manifest, request: RestoreRequest): Promise<void> {
  const expected = await embeddedMajor();
  const { postgresql: found, program } = manifest;
  if (found !== expected) throw refuse('version_differs', { found, expected, program });
  if (!manifest.holdsKeys && !request.keys && !request.hasKeysElsewhere) throw refuse('keys_missing');
  const digest = createHash('sha256');
  await pipeline(createReadStream(join(request.backup, sumsName)), digest);
  if (digest.digest('hex') !== manifest.sums) throw refuse('damaged', { path: sumsName });
}

/** An empty folder is as good as none: whoever mounts a new disk has one. */
async function assertFree(target: string): Promise<void> {
  await rmdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') throw refuse('target_taken', { target });
    throw error;
  });
}

async function copyBack(
  request: RestoreRequest,
  manifest: Manifest,
  to: { readonly data: string; readonly cluster: string },
): Promise<void> {
  const totalBytes = manifest.sizeBytes;
  const copying = createCopying({
    signal: request.signal,
    onProgress: (bytes) => request.onProgress({ bytes, totalBytes }),
  });
  const placeOf = (path: string): string => {
    const [part, ...rest] = path.split('/');
    return join(part === 'cluster' ? to.cluster : to.data, ...rest);
  };
  for (const folder of manifest.folders) await copying.makeFolder(placeOf(folder));
  let last = '';
  let listed = 0;
  for await (const { path, digest } of readSums(request.backup)) {
    const onCopied = (found: string): void => {
      if (found !== digest) throw refuse('damaged', { path });
    };
    await copying.add(join(request.backup, path), placeOf(path), { onCopied }).catch(namingMissing(path));
    const name = basename(path);
    if (path.startsWith('cluster/pg_wal/') && isWalSegment(name) && name > last) last = name;
    listed += 1;
  }
  await copying.settled().catch(namingMissing());
  if (listed !== manifest.fileCount) throw refuse('damaged', { path: sumsName });
  if (request.keys) await addKeys(request.keys, copying, join(to.data, 'keys'));
  if (request.wal) await addWal(request.wal, copying, { folder: join(to.cluster, 'pg_wal'), after: last });
  if (request.blobs) await addBlobs(request.blobs, copying, join(to.data, 'blobs'));
  await copying.settled();
}

/** A file that is listed and not there is damage, not a mistyped name. */
function namingMissing(path?: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code === 'ENOENT')
      throw refuse('damaged', { path: path ?? error.path ?? '' }, { cause: error });
    throw error;
  };
}

async function addKeys(from: string, copying: Copying, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name.endsWith('.key')) await copying.add(join(from, name), join(to, name));
  }
}

/** PostgreSQL recovers to the end of what lies there; names beyond that are segments it had prepared for later. */
async function addWal(
  from: string,
  copying: Copying,
  { folder, after }: { folder: string; after: string },
): Promise<void> {
  for (const name of await readdir(from)) {
    if (isWalSegment(name) && name > after) await copying.add(join(from, name), join(folder, name));
  }
}

/** What the backup has too is left as the backup had it: that was compared with its digest. */
async function addBlobs(from: string, copying: Copying, to: string): Promise<void> {
  await copying.settled();
  for await (const path of listBlobFiles(from)) {
    if (!(await isThere(join(to, path)))) await copying.add(join(from, path), join(to, path));
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function openRestored(
  folder: string,
  { migrations, published, onNotice }: RestoreRequest,
): Promise<Omit<Restored, 'manifest'>> {
  const postgres = await startEmbedded({ folder, onNotice }).catch((cause: Error) => {
    if (cause instanceof Refusal) throw cause;
    throw refuse('does_not_open', { reason: cause.message }, { cause });
  });
  try {
    const migrated = await migrate(postgres.ownerUrl, migrations);
    await grantRoles(postgres.ownerUrl, postgres.loginName);
    const database = connect({ url: postgres.url, appConnections: 1 });
    try {
      return { migrated, log: await compareWithPublished(folder, database, published) };
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
  }
}
