/**
 * The machine is lost. What comes back is a backup that was taken while agencies were sending: consistent in itself, and
 * behind what was signed meanwhile. The log does not go on as if nothing had happened; with the write-ahead log that
 * survived, everything is there again.
 */
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseTrust, verifyReceiptText } from '#foundation/evidence';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createVxpClient } from '../support/vxp-client.ts';

let folder: string;
let lost: ServerProcess;
let backup: string;
/** Receipts by the bytes of the letter, of what was acknowledged before, during and after the backup. */
const acknowledged = new Map<string, string>();
const running: ServerProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-restore-'));
  lost = await createServerProcess();
  running.push(lost);
  const sandbox = await lost.start();
  let isEvening = false;
  const desks = [1, 2].map((desk) => sendUntil(sandbox, desk, () => isEvening));
  await sleep(500);
  const { exitCode, stdout } = await typed('backup', join(folder, 'backups'), '--data', lost.folder);
  expect(exitCode).toBe(0);
  backup = (JSON.parse(stdout) as { folder: string }).folder;
  // What came after the backup has been signed, too.
  const recorded = await recordedSize(lost);
  await vi.waitFor(async () => expect(await signedSize(lost)).toBeGreaterThan(recorded), 20_000);
  isEvening = true;
  await Promise.all(desks);
  await lost.kill();
  await lost.killPostgres();
}, 120_000);

afterAll(async () => {
  for (const server of running) await server.end();
  await rm(folder, { recursive: true, force: true });
});

test('a backup has digests that anybody can check, and no key unless it was asked for', async () => {
  const files = await readdir(backup, { recursive: true, withFileTypes: true });
  const keys = files.filter(({ name }) => name.endsWith('.key') || name === 'sandbox.json');
  expect(keys).toEqual([]);
  const master = (await readFile(join(lost.folder, 'keys', 'master.key'), 'utf8')).trim();
  const sums = await readFile(join(backup, 'SHA256SUMS'), 'utf8');
  for (const { parentPath, name } of files.filter((file) => file.isFile())) {
    expect((await readFile(join(parentPath, name))).includes(master)).toBe(false);
  }
  expect(sums).toMatch(/^[0-9a-f]{64} {2}data\/trust\.json$/m);
  expect(sums).toMatch(/^[0-9a-f]{64} {2}data\/blobs\/[0-9a-f]{7}\//m);
});

test('whoever restores has to say what was signed since, and where the keys are', async () => {
  const into = ['--data', join(folder, 'undecided')];
  const undecided = await typed('restore', backup, ...into, '--keys', join(lost.folder, 'keys'));
  expect(errorOf(undecided)).toMatchObject({
    exitCode: 2,
    sentence: expect.stringContaining('--checkpoints'),
  });
  const keyless = await typed('restore', backup, ...into, '--nothing-since');
  expect(errorOf(keyless)).toMatchObject({ exitCode: 2, code: 'backup.keys_missing' });
  expect(await readdir(folder)).toEqual(['backups']);
});

test('restored to an earlier state than was signed, it does not go on signing and takes itself out of service', async () => {
  const target = join(folder, 'earlier');
  const { exitCode, stdout } = await restore(target);
  const report = JSON.parse(stdout) as { logSize: number; signedBeyond: number };
  expect([exitCode, report.signedBeyond > report.logSize]).toEqual([3, true]);

  const server = await createServerProcess({ folder: target });
  running.push(server);
  await server.start();
  await expect.poll(() => readinessOf(server), { timeout: 10_000 }).toMatchObject({ status: 503 });
  expect((await readinessOf(server)).text).toContain('evidence.fork');
  expect(await signedSize(server)).toBeLessThanOrEqual(report.logSize);
  await server.kill();
}, 60_000);

test('with the write-ahead log that survived, all that was acknowledged is there once, under the same log', async () => {
  const target = join(folder, 'whole');
  const wal = join(await homeOf(lost.folder), 'cluster', 'pg_wal');
  // A plain copy of what is newer, since the blobs of the lost tail have to survive too.
  const { exitCode, stdout } = await restore(target, '--wal', wal, '--blobs', join(lost.folder, 'blobs'));
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ signedBeyond: null })]);

  const server = await createServerProcess({ folder: target });
  running.push(server);
  const sandbox = await server.start();
  await expect.poll(() => readinessOf(server), { timeout: 10_000 }).toMatchObject({ status: 200 });
  const received = await receiveAll(clientOf(sandbox, 'G10'));
  const letters = received.map(({ bytes }) => bytes.toString('latin1'));
  expect(letters.toSorted()).toEqual([...acknowledged.keys()].toSorted());
  const trust = parseTrust(await (await fetch(`${server.baseUrl}/trust.json`)).text());
  for (const receipt of acknowledged.values()) {
    expect(verifyReceiptText(receipt, trust)).toMatchObject({ ok: true });
  }
  const doctor = await typed('doctor', '--evidence', '--data', target);
  expect([doctor.exitCode, doctor.stdout]).toEqual([0, expect.stringContaining('"evidence","state":"fine"')]);
}, 60_000);

test('a damaged file is named, and nothing is left of the attempt', async () => {
  await expect(restore(join(folder, 'earlier'))).resolves.toMatchObject({ exitCode: 2 });
  const before = await readdir(folder);
  const path = join(backup, 'cluster', 'global', 'pg_control');
  await appendFile(path, 'x');
  const result = await restore(join(folder, 'damaged'));
  expect(errorOf(result)).toMatchObject({
    exitCode: 4,
    code: 'backup.damaged',
    sentence: expect.stringContaining('cluster/global/pg_control'),
  });
  await rm(join(backup, 'manifest.json'));
  expect(errorOf(await restore(join(folder, 'damaged')))).toMatchObject({
    exitCode: 4,
    code: 'backup.incomplete',
  });
  expect(await readdir(folder)).toEqual(before);
});

/** Each letter until it is acknowledged; every third is large enough to become a file. */
async function sendUntil(sandbox: SandboxFile, desk: number, isEvening: () => boolean): Promise<void> {
  const client = clientOf(sandbox, 'H64.31');
  for (let index = 0; !isEvening(); index++) {
    const number = `${desk}-${index}`;
    const content = Buffer.alloc(index % 3 === 0 ? 90_000 : 900, `${number} `);
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], number, content });
    const { answer, receipt } = await client.sendEdoc(bytes);
    expect(answer.status).toBe('OK');
    acknowledged.set(bytes.toString('latin1'), receipt!);
    await sleep(20);
  }
  client.close();
}

function restore(target: string, ...more: string[]) {
  const keys = ['--keys', join(lost.folder, 'keys')];
  const checkpoints = ['--checkpoints', join(lost.folder, 'checkpoints')];
  return typed('restore', backup, '--data', target, ...keys, ...checkpoints, ...more);
}

function typed(...words: string[]) {
  return runTyped([...words, '--json', '--lang', 'en']);
}

function errorOf({ stdout }: { stdout: string }): unknown {
  return (JSON.parse(stdout) as { error: unknown }).error;
}

async function readinessOf(server: ServerProcess): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.baseUrl}/readyz`);
  return { status: response.status, text: await response.text() };
}

async function signedSize(server: ServerProcess): Promise<number> {
  const checkpoint = await (await fetch(`${server.baseUrl}/log/checkpoint`)).text();
  return Number(checkpoint.split('\n')[1]);
}

/** Of the log with all that waits for its leaf. */
async function recordedSize(server: ServerProcess): Promise<number> {
  const { text } = await readinessOf(server);
  const [, size, waiting] = /(\d+) entries, (\d+) waiting/.exec(text)!;
  return Number(size) + Number(waiting);
}

async function homeOf(dataFolder: string): Promise<string> {
  const id = await readFile(join(dataFolder, 'instance'), 'utf8').catch(() => undefined);
  return id ? join('/var/lib/lienthong', id.trim()) : join(dataFolder, 'postgresql');
}

function clientOf(sandbox: SandboxFile, code: string) {
  const { system } = sandbox.agencies.find((agency) => agency.code === code)!;
  return createVxpClient({ baseUrl: `${sandbox.baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}
