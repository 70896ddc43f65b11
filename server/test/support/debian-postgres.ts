/**
 * PostgreSQL as an operator installs it (Debian's package, where it is installed), in a temporary folder: for what the
 * embedded one has no programs for, and to give it another clock. As root it runs as `nobody`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** The folder of its programs, of the newest version that is installed. */
export const debianPrograms: string | undefined = globSync('/usr/lib/postgresql/*/bin')
  .filter((folder) => existsSync(join(folder, 'initdb')) && !/\/(9|1[0-4])[./]/.test(folder))
  .toSorted()
  .at(-1);

export const libfaketime: string | undefined = globSync('/usr/lib/*/faketime/libfaketime.so.1').at(0);

const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const login = { owner: 'lienthong_owner', server: 'lienthong' };

export interface DebianPostgres {
  /** Where `psql -h` finds it, and the folder for what runs as its account. */
  readonly folder: string;
  readonly data: string;
  readonly ownerUrl: string;
  readonly url: string;
  start(): Promise<void>;
  /** SIGQUIT: it ends at once and recovers at the next start. */
  crash(): Promise<void>;
}

export interface DebianPostgresOptions {
  /** Belongs to the account from now on; others must be able to pass through the folders above it. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs what an operator types, in a shell that ends at the first command that fails. */
export async function runScript(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const env = { PATH: `${debianPrograms}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8', ...environment };
  await promisify(execFile)('sh', ['-eu', '-c', script], { env, cwd: '/' });
}

/** Whom the files of a cluster have to belong to. */
export const clusterOwner = String(account.uid ?? process.getuid?.());

/** A new cluster in `folder/data`, with our roles and an empty database; or the one that is there, not yet started. */
export async function createDebianPostgres(options: DebianPostgresOptions): Promise<DebianPostgres> {
  const { folder } = options;
  const data = join(folder, 'data');
  const isRestored = existsSync(data);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  if (account.uid) await chown(folder, account.uid, account.gid);
  const format = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'];
  if (!isRestored)
    await promisify(execFile)(join(debianPrograms!, 'initdb'), format, { cwd: '/', ...account });
  const settings = { listen_addresses: '', unix_socket_directories: folder, ...options.settings };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await appendFile(join(data, 'postgresql.conf'), lines.join(''));

  const urlOf = (user: string, database: string): string =>
    `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(folder)}`;
  let running: ReturnType<typeof spawn> | undefined;
  const postgres: DebianPostgres = {
    folder,
    data,
    ownerUrl: urlOf(login.owner, 'lienthong'),
    url: urlOf(login.server, 'lienthong'),
    async start() {
      await using log = await open(join(folder, 'log'), 'a');
      running = spawn(join(debianPrograms!, 'postgres'), ['-D', data], {
        env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', ...options.environment },
        stdio: ['ignore', log.fd, log.fd],
        cwd: '/',
        ...account,
      });
      await isReady(urlOf('postgres', 'postgres'));
    },
    async crash() {
      if (!running || running.exitCode !== null) return;
      running.kill('SIGQUIT');
      await once(running, 'exit');
    },
  };
  if (isRestored) return postgres;
  await postgres.start();
  await query(urlOf('postgres', 'postgres'), [
    `create role ${login.owner} login createrole`,
    `create role ${login.server} login noinherit`,
    `create database lienthong owner ${login.owner}`,
  ]);
  return postgres;
}

async function isReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    try {
      await query(url, ['select 1']);
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(50);
    }
  }
}

async function query(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
