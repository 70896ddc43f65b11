/**
 * The drill of docs/operations/backup-and-restore.md for an external PostgreSQL, with the commands that stand there: back up
 * while it serves, lose the database, bring it back to the last moment. Needs Debian's PostgreSQL.
 */
import { chmod, chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { clusterOwner, createDebianPostgres, debianPrograms, runScript } from '../support/debian-postgres.ts';
import type { DebianPostgres } from '../support/debian-postgres.ts';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createVxpClient } from '../support/vxp-client.ts';

const document = new URL('../../../docs/operations/backup-and-restore.md', import.meta.url);
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

test('the database is lost and comes back to the last moment; without its tail the log is not signed on', async ({
  skip,
}) => {
  skip(!debianPrograms, 'PostgreSQL is not installed (Debian: postgresql)');
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-drill-'));
  await chmod(folder, 0o755);
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const archive = join(folder, 'archive');
  await mkdir(archive);
  await chown(archive, Number(clusterOwner), process.getgid!());
  const lost = await startPostgres(join(folder, 'lost'), {
    archive_mode: 'on',
    archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
  });

  const data = join(folder, 'dir');
  const server = await serve(data, lost);
  const before = await send(server.sandbox, 3);
  await isSigned(server.process);
  const variables = {
    DIR: data,
    BACKUP: join(folder, 'backup'),
    ARCHIVE: archive,
    OWNER: clusterOwner,
    PGHOST: lost.folder,
    PGUSER: 'postgres',
    OLD_PGDATA: lost.data,
  };
  await runScript(await commandsOf('backup'), variables);
  const after = await send(server.sandbox, 3);
  await isSigned(server.process);
  await server.process.kill();
  await lost.crash();

  // From the backup alone, as if archive and disk were gone with the machine.
  const earlier = await restore(join(folder, 'earlier'), {
    ...variables,
    OLD_PGDATA: '/nowhere',
    ARCHIVE: join(folder, 'none'),
  });
  const behind = await serve(data, earlier);
  await expect.poll(() => readinessOf(behind.process), { timeout: 10_000 }).toContain('evidence.fork');
  await behind.process.kill();
  await earlier.crash();

  const whole = await restore(join(folder, 'whole'), variables);
  const again = await serve(data, whole);
  await isSigned(again.process);
  const client = clientOf(again.sandbox, 'G10');
  const received = (await receiveAll(client)).map(({ bytes }) => bytes.toString('latin1'));
  client.close();
  expect(received.toSorted()).toEqual([...before, ...after].toSorted());
  const environment = environmentOf(whole);
  const doctor = await runTyped(['doctor', '--evidence', '--json', '--data', data], { environment });
  expect(doctor.stdout).toContain('"check":"evidence","state":"fine"');
  expect(doctor.stdout).toContain('"check":"package","state":"fine"');
}, 120_000);

async function commandsOf(drill: string): Promise<string> {
  const found = new RegExp(`<!-- drill: ${drill} -->\\n+\`\`\`sh\\n([\\s\\S]+?)\`\`\``).exec(
    await readFile(document, 'utf8'),
  );
  expect(found, `the document has the commands of the drill "${drill}"`).not.toBeNull();
  return found![1]!;
}

async function startPostgres(folder: string, settings: Record<string, string> = {}): Promise<DebianPostgres> {
  const postgres = await createDebianPostgres({ folder, settings: { fsync: 'off', ...settings } });
  cleanUps.push(() => postgres.crash());
  return postgres;
}

async function restore(folder: string, variables: Record<string, string>): Promise<DebianPostgres> {
  await mkdir(variables['ARCHIVE']!, { recursive: true });
  await mkdir(folder);
  await runScript(await commandsOf('restore'), { ...variables, PGDATA: join(folder, 'data') });
  const postgres = await startPostgres(folder, { archive_mode: 'off' });
  await postgres.start();
  return postgres;
}

async function serve(
  folder: string,
  postgres: DebianPostgres,
): Promise<{ process: ServerProcess; sandbox: SandboxFile }> {
  const server = await createServerProcess({ folder, environment: environmentOf(postgres) });
  cleanUps.push(() => server.kill());
  return { process: server, sandbox: await server.start() };
}

function environmentOf({ url, ownerUrl }: DebianPostgres): Record<string, string> {
  return { DATABASE_URL: url, DATABASE_MIGRATION_URL: ownerUrl };
}

/** One of them large enough to become a file. */
async function send(sandbox: SandboxFile, count: number): Promise<string[]> {
  const client = clientOf(sandbox, 'H64.31');
  const sent: string[] = [];
  for (let index = 0; index < count; index++) {
    const content = Buffer.alloc(index === 0 ? 90_000 : 900, `${index} `);
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], content });
    expect((await client.sendEdoc(bytes)).answer.status).toBe('OK');
    sent.push(bytes.toString('latin1'));
  }
  client.close();
  return sent;
}

/** Everything recorded is under a signed checkpoint. */
async function isSigned(server: ServerProcess): Promise<void> {
  await expect
    .poll(() => readinessOf(server), { timeout: 15_000 })
    .toMatch(/(\d+) entries, 0 waiting, checkpoint at \1\b/);
}

async function readinessOf({ baseUrl }: ServerProcess): Promise<string> {
  return (await fetch(`${baseUrl}/readyz`)).text();
}

function clientOf(sandbox: SandboxFile, code: string) {
  const { system } = sandbox.agencies.find((agency) => agency.code === code)!;
  return createVxpClient({ baseUrl: `${sandbox.baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}
