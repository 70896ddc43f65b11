/** The server under test, in a process of its own, started as a person starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';
import type { Address } from './http-connection.ts';
import type { MeasuredDatabase } from './measured-database.ts';

export interface MeasuredServer {
  readonly processId: number;
  readonly baseUrl: string;
  readonly address: Address;
  readonly operator: { readonly id: string; readonly secret: string };
  stop(): Promise<void>;
  /** As a power cut does: without a word. */
  kill(): Promise<void>;
}

const startSeconds = 60;

/** On a PostgreSQL of the benchmark. */
export function startMeasuredServer(
  folder: string,
  database: MeasuredDatabase,
  environment: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> {
  return startServer(join(folder, 'server'), {
    DATABASE_URL: database.url,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    ...environment,
  });
}

/** Without a database in the environment: with the embedded one, as on a trial or in a commune. */
export async function startServer(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> {
  // Of a former start; the new one is written when the server serves.
  await rm(join(dataFolder, 'sandbox.json'), { force: true });
  const main = fileURLToPath(new URL('../server/src/main.ts', import.meta.url));
  const server = spawn(process.execPath, [main, '--port', '0', '--data', dataFolder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const said: string[] = [];
  server.stderr.on('data', (text: Buffer) => said.push(text.toString()));
  const giveUpAt = performance.now() + startSeconds * 1000;
  for (;;) {
    const sandbox = await readSandbox(dataFolder);
    if (sandbox) {
      const { hostname, port } = new URL(sandbox.baseUrl);
      return {
        processId: server.pid!,
        baseUrl: sandbox.baseUrl,
        address: { host: hostname, port: Number(port) },
        operator: sandbox.operator,
        stop: () => end(server, 'SIGTERM'),
        kill: () => end(server, 'SIGKILL'),
      };
    }
    if (server.exitCode !== null || performance.now() > giveUpAt) {
      server.kill();
      throw new Error(`the server did not start:\n${said.join('')}`);
    }
    await sleep(20);
  }
}

async function end(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill(signal);
  await once(server, 'exit');
}

interface SandboxFile {
  readonly baseUrl: string;
  readonly operator: { readonly id: string; readonly secret: string };
}

/** Written when the server serves. */
async function readSandbox(dataFolder: string): Promise<SandboxFile | undefined> {
  try {
    return JSON.parse(await readFile(join(dataFolder, 'sandbox.json'), 'utf8')) as SandboxFile;
  } catch {
    return undefined;
  }
}
