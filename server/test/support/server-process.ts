/** The real server as its own process, in a temporary data folder, so that a test may kill it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface ServerProcessOptions {
  /** A data folder that is there already; default: a temporary one. Either is removed in the end. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly folder: string;
  readonly baseUrl: string;
  /** What it said since its last start. */
  output(): string;
  /** Starts it, again after it was killed, and waits until it answers. */
  start(): Promise<SandboxFile>;
  /** SIGKILL, as a power cut does to a process. Its PostgreSQL lives on. */
  kill(): Promise<void>;
  killPostgres(): Promise<void>;
  /** Stops it as an operator does, and removes everything. */
  end(): Promise<void>;
}

export async function createServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'lienthong-process-')));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  let output = '';

  const isExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
  const sandbox = async (): Promise<SandboxFile> =>
    JSON.parse(await readFile(join(folder, 'sandbox.json'), 'utf8')) as SandboxFile;

  return {
    folder,
    baseUrl,
    output: () => output,
    async start() {
      output = '';
      const child = spawn(process.execPath, [main, '--data', folder, '--port', String(port)], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...options.environment },
      });
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      running = child;
      const giveUpAt = performance.now() + 60_000;
      // The greeting comes when the sandbox file is written and everything serves.
      while (!output.includes(`Liên Thông: ${baseUrl}`)) {
        if (isExited(child)) throw new Error(`the server ended with ${child.exitCode}: ${output}`);
        if (performance.now() > giveUpAt) throw new Error(`the server did not start: ${output}`);
        await sleep(20);
      }
      return sandbox();
    },
    async kill() {
      if (!running || isExited(running)) return;
      running.kill('SIGKILL');
      await once(running, 'exit');
    },
    async killPostgres() {
      const processId = Number(
        (await readFile(join(await homeOf(folder), 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0],
      );
      process.kill(processId, 'SIGKILL');
    },
    async end() {
      if (running && !isExited(running)) {
        running.kill('SIGTERM');
        await once(running, 'exit');
      }
      await rm(await homeOf(folder), { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As root PostgreSQL lives outside of the data folder, under the id that is kept in it. */
async function homeOf(folder: string): Promise<string> {
  const id = await readFile(join(folder, 'instance'), 'utf8').catch(() => undefined);
  return id ? join('/var/lib/lienthong', id.trim()) : join(folder, 'postgresql');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
