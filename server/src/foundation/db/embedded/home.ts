/**
 * Where the cluster lives and as whom it runs. PostgreSQL refuses to run as root, and `nobody` cannot enter a clone in
 * /root or under `mktemp -d`; so for root the cluster goes to a folder of its own below /var/lib/lienthong, found again
 * by the random id in `DIR/instance`. Deleting DIR therefore starts afresh, although the old cluster remains.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isId } from '#foundation/ids';
import { refuse } from './refusals.ts';

export interface Home {
  readonly folder: string;
  readonly cluster: string;
  readonly socketFolder: string;
  /** The account that PostgreSQL runs as, when it is not ours. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
}

export const sharedFolder = '/var/lib/lienthong';
const nobody = { uid: 65_534, gid: 65_534 };
export const socketName = '.s.PGSQL.5432';
const socketPathBytesAtMost = 103; // sun_path has 108 on Linux and 104 on BSD, with its closing zero

export async function prepareHome(dataFolder: string): Promise<Home> {
  const { folder, account } = await locate(dataFolder);
  return {
    folder,
    account,
    cluster: join(folder, 'cluster'),
    socketFolder: await prepareSocketFolder(folder, account),
  };
}

async function locate(dataFolder: string): Promise<{ folder: string; account: Home['account'] }> {
  const isRoot = process.getuid?.() === 0;
  const inside = join(dataFolder, 'postgresql');
  const id = await readId(dataFolder);
  if (!isRoot) {
    if (id) throw refuse('started_by_root_before', { folder: dataFolder, home: join(sharedFolder, id) });
    await mkdir(inside, { recursive: true, mode: 0o700 });
    return { folder: inside, account: undefined };
  }
  // A folder that a plain user set up is served as that user, also when root starts the server once.
  const owner = await stat(inside).catch(() => undefined);
  if (owner && owner.uid !== 0) return { folder: inside, account: { uid: owner.uid, gid: owner.gid } };

  const folder = join(sharedFolder, id ?? (await allotId(dataFolder)));
  await mkdir(sharedFolder, { recursive: true });
  await chmod(sharedFolder, 0o755); // whatever the umask: PostgreSQL's account must pass through
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, nobody.uid, nobody.gid);
  return { folder, account: nobody };
}

async function allotId(dataFolder: string): Promise<string> {
  const id = randomUUID();
  await writeFile(join(dataFolder, 'instance'), `${id}\n`, { mode: 0o600, flush: true });
  return id;
}

async function prepareSocketFolder(home: string, account: Home['account']): Promise<string> {
  if (Buffer.byteLength(join(home, socketName)) <= socketPathBytesAtMost) return home;
  const uid = account?.uid ?? process.getuid?.() ?? 0;
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `lienthong-${uid}-${digest}`);
  const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  if (isNew && account) await chown(folder, account.uid, account.gid);
  // Anyone may create names in a temporary folder: what is there must be a folder of that account, closed to others.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`${folder} belongs to someone else`);
  await chmod(folder, 0o700);
  return folder;
}

async function readId(dataFolder: string): Promise<string | undefined> {
  const file = join(dataFolder, 'instance');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const id = text.trim();
  // It becomes part of a path on which root acts.
  if (id !== '' && !isId(id)) throw new Error(`${file} does not hold an id`);
  return id || undefined;
}
