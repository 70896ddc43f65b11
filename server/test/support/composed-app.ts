/** The application as `app.ts` composes it, in sandbox mode, with every endpoint that it registers. Nothing listens. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createBlobStore } from '#foundation/blob';
import { createReceiptSigner } from '#foundation/evidence';
import type { HttpServer } from '#foundation/http';
import { createLog } from '#foundation/log';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';
import { createSecretBox } from '#foundation/secrets';
import { createTestDatabase } from './database.ts';

export interface ComposedApp {
  readonly server: HttpServer;
  /** `POST /api/directory/organisations`, sorted; without the HEAD of each GET. */
  readonly endpoints: readonly string[];
  /** On the same database and keys, to arrange what a test needs. */
  readonly platform: Platform;
  close(): Promise<void>;
}

export async function composeApp(): Promise<ComposedApp> {
  const test = await createTestDatabase();
  const dataFolder = await mkdtemp(join(tmpdir(), 'lienthong-app-'));
  const config = await loadConfig({ argv: ['--data', dataFolder], env: {} });
  const log = createLog({ format: 'json', level: 'error', write: () => undefined });

  // Fastify tells of each server that it makes: so every route is heard of, whoever registers it.
  const endpoints = new Set<string>();
  let server: HttpServer | undefined;
  const onInitialization = (message: unknown): void => {
    server = (message as { fastify: HttpServer }).fastify;
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) endpoints.add(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', onInitialization);
  const app = await createApp({
    config,
    database: test.database,
    log,
    reread: () => Promise.resolve(config),
  });
  unsubscribe('fastify.initialization', onInitialization);
  assert(server, 'the application has a server');
  await server.ready();

  const secrets = createSecretBox(config.keys.master);
  const { database } = test;
  return {
    server,
    endpoints: [...endpoints].filter((endpoint) => !isHeadOfGet(endpoint, endpoints)).sort(),
    platform: {
      database,
      secrets,
      receipts: createReceiptSigner(config.keys.receipt),
      blobs: await createBlobStore({ folder: join(dataFolder, 'blobs'), secrets, pool: database.app }),
    },
    close: async () => {
      await app.close();
      await test.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function isHeadOfGet(endpoint: string, endpoints: ReadonlySet<string>): boolean {
  return endpoint.startsWith('HEAD ') && endpoints.has(endpoint.replace('HEAD', 'GET'));
}
