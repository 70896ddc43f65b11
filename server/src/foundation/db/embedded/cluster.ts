/** The cluster's files: made by initdb once, configured again at every start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes, randomUUID } from 'node:crypto';
import { chown, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { Home } from './home.ts';
import { refuse } from './refusals.ts';

export interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly login: string;
}

/**
 * Makes the cluster unless it is there. The passwords come first and the cluster gets its name when initdb has
 * finished, so a first start that was interrupted is begun again; afterwards a cluster that is missing is a loss.
 */
export async function prepareCluster(
  dataFolder: string,
  home: Home,
  binaries: Binaries,
  options: { isDurable: boolean },
): Promise<StoredPasswords> {
  const file = passwordsFile(dataFolder);
  const isMade = await exists(home.cluster);
  let stored = await readPasswords(file);
  if (isMade && !stored) throw refuse('passwords_missing', { file, cluster: home.cluster });
  if (!isMade && stored?.clusterMade)
    throw refuse('cluster_missing', { folder: dataFolder, cluster: home.cluster });
  if (!stored) {
    stored = { ...newPasswords(), clusterMade: false };
    await writePasswords(file, stored);
  }
  if (!isMade) await makeCluster(home, binaries, stored, options);
  if (!stored.clusterMade) await writePasswords(file, { ...stored, clusterMade: true });

  const found = (await readFile(join(home.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (found !== binaries.major) {
    throw refuse('version_differs', { cluster: home.cluster, found, expected: binaries.major });
  }
  return stored;
}

/** Writes the settings; true when they differ from those that the cluster had, i.e. a running server has others. */
export async function configureCluster(
  home: Home,
  settings: Readonly<Record<string, string>>,
): Promise<boolean> {
  const all: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: home.socketFolder,
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    // A ring of seven files. Neither statements nor the values in a message's detail: they hold personal data.
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    // Statements are short; compiling one costs more than running it.
    jit: 'off',
    // A young database grows from empty to busy within seconds, and plans made for empty tables read all of one
    // organisation's rows where an index finds the one: the planner must hear of it soon.
    autovacuum_naptime: '5s',
    ...settings,
  };
  const text = Object.entries(all)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
  const file = join(home.cluster, 'postgresql.conf');
  if ((await readFile(file, 'utf8')) === text) return false;
  await writeFile(file, text, { flush: true });
  return true;
}

async function makeCluster(
  home: Home,
  binaries: Binaries,
  passwords: Passwords,
  options: { isDurable: boolean },
): Promise<void> {
  // A name of its own for each attempt: initdb of a killed server may still be writing to the former one.
  const unfinished = `${home.cluster}.${randomUUID()}`;
  const passwordFile = `${unfinished}.password`;
  await writeFile(passwordFile, passwords.superuser, { mode: 0o600 });
  if (home.account) await chown(passwordFile, home.account.uid, home.account.gid);
  await run(
    binaries.initdb,
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=icu',
      '--icu-locale=vi-VN',
      '--locale=C.UTF-8', // what the text search parser and pg_trgm take for a letter
      '--lc-messages=C',
      '--data-checksums',
      '--no-instructions',
      ...(options.isDurable ? [] : ['--no-sync']),
    ],
    home,
  );
  await rename(unfinished, home.cluster);
  const leftovers = (await readdir(home.folder)).filter((name) =>
    name.startsWith(`${basename(home.cluster)}.`),
  );
  for (const name of leftovers)
    await rm(join(home.folder, name), { recursive: true, force: true, maxRetries: 10 });
}

async function run(program: string, parameters: string[], home: Home): Promise<void> {
  const child = spawn(program, parameters, {
    cwd: home.folder,
    env: { TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...home.account,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (output.includes('could not look up effective user ID')) {
    throw refuse('account_unknown', { uid: home.account?.uid ?? process.getuid?.() ?? 0 });
  }
  if (code !== 0) throw new Error(`${program} ended with ${signal ?? code}:\n${output.trim()}`);
}

export function newPasswords(): Passwords {
  const make = (): string => randomBytes(24).toString('base64url');
  return { superuser: make(), owner: make(), login: make() };
}

export interface StoredPasswords extends Passwords {
  readonly clusterMade: boolean;
  /** What the next start puts in their place. */
  readonly next?: Passwords;
}

export function passwordsFile(dataFolder: string): string {
  return join(dataFolder, 'keys', 'postgresql.json');
}

export async function readPasswords(file: string): Promise<StoredPasswords | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StoredPasswords;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${file}`, { cause: error });
  }
}

export async function writePasswords(file: string, passwords: StoredPasswords): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(passwords)}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
