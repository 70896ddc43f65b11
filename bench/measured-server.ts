/** The server under test, in a process of its own, started as a person starts it, on a PostgreSQL of the benchmark. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Address } from './http-connection.ts';
import type { MeasuredDatabase } from './measured-database.ts';

export interface MeasuredServer {
  readonly processId: number;
  readonly baseUrl: string;
  readonly address: Address;
  readonly operator: { readonly id: string; readonly secret: string };
  stop(): Promise<void>;
}

const startSeconds = 60;

export async function startMeasuredServer(
  folder: string,
  database: MeasuredDatabase,
  environment: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> {
  const dataFolder = join(folder, 'server');
  const main = fileURLToPath(new URL('../server/src/main.ts', import.meta.url));
  const server = spawn(process.execPath, [main, '--port', '0', '--data', dataFolder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      ...environment,
    },
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
        async stop() {
          if (server.exitCode !== null || server.signalCode !== null) return;
          server.kill('SIGTERM');
          await once(server, 'exit');
        },
      };
    }
    if (server.exitCode !== null || performance.now() > giveUpAt) {
      server.kill();
      throw new Error(`the server did not start:\n${said.join('')}`);
    }
    await sleep(100);
  }
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
