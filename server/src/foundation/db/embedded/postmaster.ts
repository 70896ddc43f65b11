/**
 * PostgreSQL's first process. It is started in a session of its own, so that Ctrl-C reaches only the server, which
 * drains before it stops PostgreSQL; and it outlives a killed server, so the next start finds it by its pid file.
 */
import { spawn } from 'node:child_process';
import { open, readdir, readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { type Home, socketName } from './home.ts';

const pollMilliseconds = 10;
const noticeEveryMilliseconds = 10_000;
const orphansGoneWithinMilliseconds = 30_000;
const stoppedWithinMilliseconds = 120_000;
/** Recovery reads what was written since the last checkpoint, at most some minutes of it. */
const readyWithinMilliseconds = 600_000;

/** The process id of the postmaster that serves this cluster now, if one does. */
export async function findPostmaster(home: Home): Promise<number | undefined> {
  const file = await readPidFile(home);
  return file && (await isRunningIn(file.processId, home)) ? file.processId : undefined;
}

/**
 * Waits until a PostgreSQL that was found running takes connections: the former server may have been killed while it
 * recovered. False when it ended instead, because that server was just stopping it.
 */
export async function becomesReady(
  processId: number,
  home: Home,
  takesConnections: () => Promise<boolean>,
): Promise<boolean> {
  const giveUpAt = Date.now() + readyWithinMilliseconds;
  while (await isRunningIn(processId, home)) {
    if (await takesConnections()) return true;
    if (Date.now() > giveUpAt) throw new Error(`PostgreSQL (process ${processId}) takes no connections`);
    await sleep(50);
  }
  return false;
}

/** Starts PostgreSQL and returns its process id once it takes connections, after any recovery. */
export async function launchPostmaster(
  home: Home,
  binaries: Binaries,
  onNotice: (text: string) => void,
): Promise<number> {
  const giveUpAt = Date.now() + orphansGoneWithinMilliseconds;
  for (;;) {
    await disarmLockFiles(home);
    const attempt = await launchOnce(home, binaries, onNotice);
    if (attempt.isReady) return attempt.processId;
    // Backends of a postmaster that was killed end by themselves, each when it notices; PostgreSQL waits for the last.
    const areOrphansLeft = /is still in use|lock file .* already exists/.test(attempt.messages);
    if (!areOrphansLeft || Date.now() > giveUpAt) {
      throw new Error(`PostgreSQL did not start in ${home.cluster}:\n${attempt.messages.trim()}`);
    }
    await sleep(100);
  }
}

/** Fast shutdown: running transactions are rolled back, a checkpoint is written, and the process has ended. */
export async function stopPostmaster(processId: number, home: Home): Promise<void> {
  if (!(await isRunningIn(processId, home))) return;
  process.kill(processId, 'SIGINT');
  const giveUpAt = Date.now() + stoppedWithinMilliseconds;
  while (await isRunningIn(processId, home)) {
    if (Date.now() > giveUpAt) throw new Error(`PostgreSQL (process ${processId}) is still stopping`);
    await sleep(pollMilliseconds);
  }
}

/** Resolves when the process has ended. A process that we did not start cannot be waited for, so this looks. */
export async function postmasterEnded(processId: number, home: Home, signal: AbortSignal): Promise<void> {
  while (await isRunningIn(processId, home)) await sleep(500, undefined, { signal, ref: false });
}

async function launchOnce(
  home: Home,
  binaries: Binaries,
  onNotice: (text: string) => void,
): Promise<{ isReady: true; processId: number } | { isReady: false; messages: string }> {
  // Only what is said before the logging collector runs comes here: why it does not start.
  const messagesFile = join(home.folder, 'start.log');
  await rm(messagesFile, { force: true }); // it may be root's, from a start by root
  const messages = await open(messagesFile, 'w', 0o600);
  const child = spawn(binaries.postgres, ['-D', home.cluster], {
    cwd: home.folder,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['ignore', messages.fd, messages.fd],
    ...home.account,
  });
  const end: { reason?: string } = {};
  child.once('error', (error) => (end.reason = error.message));
  child.once('exit', (code, signal) => (end.reason ??= `ended with ${signal ?? code}`));
  child.unref();
  await messages.close();

  for (let waited = 0; end.reason === undefined; waited += pollMilliseconds) {
    const file = await readPidFile(home);
    if (file?.isReady && file.processId === child.pid) return { isReady: true, processId: child.pid };
    if (waited > 0 && waited % noticeEveryMilliseconds === 0) {
      onNotice(
        `PostgreSQL vẫn đang phục hồi sau ${waited / 1_000} s (still recovering; see ${join(home.cluster, 'log')})`,
      );
    }
    await sleep(pollMilliseconds);
  }
  return { isReady: false, messages: `${await lastMessages(home, messagesFile)}\n${end.reason}` };
}

async function lastMessages(home: Home, startMessagesFile: string): Promise<string> {
  const folder = join(home.cluster, 'log');
  let newest = { file: startMessagesFile, changedAt: 0 };
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (mtimeMs > newest.changedAt) newest = { file, changedAt: mtimeMs };
  }
  const texts = [...new Set([startMessagesFile, newest.file])].map((file) => readFile(file, 'utf8'));
  return (await Promise.all(texts)).map((text) => text.slice(-2_000)).join('\n');
}

interface PidFile {
  readonly processId: number;
  readonly isReady: boolean;
}

const pidFileLines = { processId: 0, status: 7 }; // of postmaster.pid, see PostgreSQL's pidfile.h

async function readPidFile(home: Home): Promise<PidFile | undefined> {
  const text = await readFile(join(home.cluster, 'postmaster.pid'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    },
  );
  const lines = text.split('\n');
  const processId = Number(lines[pidFileLines.processId]);
  if (!Number.isInteger(processId) || processId <= 0) return undefined;
  return { processId, isReady: lines[pidFileLines.status]?.trim() === 'ready' };
}

/**
 * A process id is used again by others, above all after a container restarts, and a killed process may stay as a
 * zombie; PostgreSQL then refuses to start when that process is of its own account. Our own id in its place says "not
 * running" to PostgreSQL, which ignores its parent, and leaves the file's other lines, by which it looks for backends
 * that are still alive. The socket's lock file says nothing more.
 */
async function disarmLockFiles(home: Home): Promise<void> {
  await rm(join(home.socketFolder, `${socketName}.lock`), { force: true });
  const file = join(home.cluster, 'postmaster.pid');
  const found = await readPidFile(home);
  if (!found || !isAlive(found.processId)) return;
  const lines = (await readFile(file, 'utf8')).split('\n');
  lines[pidFileLines.processId] = String(process.pid);
  await writeFile(file, lines.join('\n'));
}

async function isRunningIn(processId: number, home: Home): Promise<boolean> {
  if (!isAlive(processId)) return false;
  try {
    // A postmaster works in its cluster; a zombie has no working folder and counts as ended.
    return (await readlink(`/proc/${processId}/cwd`)) === (await realpath(home.cluster));
  } catch {
    return false;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
