/**
 * A world for a test: a database, a store of contents, keys, and a small named state in it. `world.caller(code)` is the
 * system of that organisation, as its dialect would have authenticated it.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addOrganisation,
  addSystem,
  assignOrganisation,
  findSystem,
  oauthRoutes,
  rotateCredential,
} from '#directory';
import { callerOf, createExchange, hasWaitingMail, lgspRoutes, nativeRoutes, vxpRoutes } from '#exchange';
import type { Caller, Exchange } from '#exchange';
import { createBlobStore } from '#foundation/blob';
import type { Disk } from '#foundation/blob';
import type { Actor } from '#foundation/evidence';
import {
  createFolderArchive,
  createLogSigner,
  createReceiptSigner,
  startSequencer,
} from '#foundation/evidence';
import { createServer } from '#foundation/http';
import { createOutbound } from '#foundation/outbound';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';
import { createSecretBox } from '#foundation/secrets';
import { connect } from '../../../clients/typescript/src/index.ts';
import type { Axis } from '../../../clients/typescript/src/index.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { createLgspClient } from './lgsp-client.ts';
import type { LgspClient } from './lgsp-client.ts';
import { createVxpClient } from './vxp-client.ts';
import type { VxpClient } from './vxp-client.ts';

export interface WorldOrganisation {
  readonly code: string;
  readonly oldCode?: string;
  readonly name?: string;
  /** The id of its system, made when it is new; two organisations may name the same one. Default: by its code. */
  readonly system?: string;
}

export interface World {
  readonly test: TestDatabase;
  readonly platform: Platform;
  readonly exchange: Exchange;
  readonly folder: string;
  addOrganisation(organisation: WorldOrganisation): Promise<void>;
  /** The system that speaks and receives for the organisation now. */
  caller(code: string): Promise<Caller>;
  /** Id and secret of that system, for a client that goes through HTTP. */
  credentials(code: string): { readonly id: string; readonly secret: string };
  /** Serves VXP and LGSP until the world is dropped; with a running sequencer, unless the log is to stand still. */
  serve(options?: ServeOptions): Promise<void>;
  /** Where VXP is, with its prefix; the world must be served. */
  baseUrl(): string;
  /** A client like the SDK's, of the system of that organisation; the world must be served. */
  client(code: string): VxpClient;
  /** A client of the provincial dialect, of that same system, which gets a secret of its own for it. */
  lgspClient(code: string): Promise<LgspClient>;
  /** Where the server is, without a prefix. */
  rootUrl(): string;
  /** A client of the native API, of the system of that organisation, with a secret of its own; the world must be served. */
  api(code: string): Promise<Axis & { readonly secret: string }>;
  drop(): Promise<void>;
}

export interface WorldOptions {
  /** Instead of a clone on the PostgreSQL of the test run, which no test may stop. */
  readonly test?: TestDatabase;
  /** Instead of a temporary folder on the real disk. */
  readonly disk?: Disk;
}

export interface ServeOptions {
  /** Without the log key entries get their leaves, and no checkpoint is signed; standing still, not even leaves. */
  readonly log?: 'signed' | 'unsigned' | 'standing still';
}

export const axisCode = '00.00.W00';
const byAxis: Actor = { method: 'axis' };

export async function createWorld(
  organisations: readonly WorldOrganisation[],
  options: WorldOptions = {},
): Promise<World> {
  const test = options.test ?? (await createTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-world-'));
  const secrets = createSecretBox([randomBytes(32)]);
  const platform: Platform = {
    database: test.database,
    receipts: createReceiptSigner(generateKeyPairSync('ed25519').privateKey),
    blobs: await createBlobStore({
      folder: join(folder, 'blobs'),
      secrets,
      pool: test.database.app,
      reserveBytes: 0,
      ...(options.disk && { disk: options.disk }),
    }),
    secrets,
  };
  const systems = new Map<string, { id: string; secret: string }>();
  const systemOf = new Map<string, string>();
  const clients: (VxpClient | LgspClient)[] = [];
  const lgspSecrets = new Map<string, string>();
  let baseUrl: string | undefined;
  let stopServing: (() => Promise<void>) | undefined;
  const credentials = (code: string) => {
    const found = systems.get(systemOf.get(code) ?? '');
    assert(found, `the world has a system for ${code}`);
    return found;
  };
  const world: World = {
    test,
    platform,
    // Servers of tests, which webhooks call, are on this machine.
    exchange: createExchange(platform, createOutbound({ listedNetworks: ['127.0.0.0/8'] })),
    folder,
    async addOrganisation({ code, oldCode = null, name = `Cơ quan ${code}`, system = `sys.${code}` }) {
      await addOrganisation(platform, { code, oldCode, name, level: 1 }, byAxis);
      if (!systems.has(system)) {
        const request = {
          externalId: system,
          name: `Hệ thống ${system}`,
          parentCode: code,
          needsApproval: false,
        };
        const { credential } = await addSystem(platform, request, byAxis);
        systems.set(system, { id: system, secret: credential.secret! });
      }
      systemOf.set(code, system);
      await assignOrganisation(platform, { system, code, receives: true }, byAxis);
    },
    async caller(code) {
      const found = await findSystem(platform, credentials(code).id);
      assert(found, 'the system is in the directory');
      const { credentialId } = found.credentials.vxp[0]!;
      return callerOf(found, { credentialId, method: 'vxp' });
    },
    credentials,
    async serve({ log = 'signed' } = {}) {
      const server = await createServer();
      const parts = { exchange: world.exchange, platform, hooks: { hasWaitingMail } };
      await server.register(vxpRoutes, { prefix: '/vxp', ...parts });
      await server.register(lgspRoutes, { prefix: '/lgsp/v1', ...parts });
      await server.register(oauthRoutes, { platform, publicUrl: undefined, trustsRequestAddress: true });
      await server.register(nativeRoutes, { prefix: '/api/exchange', exchange: world.exchange });
      const origin = 'sandbox.invalid/world';
      const startLog = () =>
        startSequencer({
          pool: test.database.sequencer,
          origin,
          archive: createFolderArchive(join(folder, 'checkpoints')),
          ...(log === 'signed' && {
            signer: createLogSigner(origin, [generateKeyPairSync('ed25519').privateKey]),
          }),
          log: { info: () => undefined, error: () => undefined },
        });
      const sequencer = log === 'standing still' ? undefined : startLog();
      baseUrl = await server.listen({ host: '127.0.0.1', port: 0 });
      stopServing = async () => {
        await server.close();
        await sequencer?.stop();
      };
    },
    rootUrl() {
      assert(baseUrl, 'the world is served');
      return baseUrl;
    },
    baseUrl: () => `${world.rootUrl()}/vxp`,
    client(code) {
      const { id, secret } = credentials(code);
      const client = createVxpClient({ baseUrl: world.baseUrl(), systemId: id, secret });
      clients.push(client);
      return client;
    },
    async lgspClient(code) {
      const { id } = credentials(code);
      let secret = lgspSecrets.get(id);
      if (secret === undefined) {
        const issued = await rotateCredential(platform, { system: id, kind: 'lgsp' }, byAxis);
        secret = issued.secret!;
        lgspSecrets.set(id, secret);
      }
      const client = createLgspClient({ baseUrl: `${world.rootUrl()}/lgsp/v1`, systemId: id, secret });
      clients.push(client);
      return client;
    },
    async api(code) {
      const { id } = credentials(code);
      const { secret } = await rotateCredential(platform, { system: id, kind: 'api_secret' }, byAxis);
      assert(secret !== null, 'a secret that is made is shown');
      const axis = connect({ baseUrl: world.rootUrl(), clientId: id, secret });
      return Object.assign(axis, { secret });
    },
    async drop() {
      for (const client of clients) client.close();
      await stopServing?.();
      await test.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await addOrganisation(
    platform,
    { code: axisCode, name: 'Trục liên thông', level: 1, kind: 'axis' },
    byAxis,
  );
  for (const organisation of organisations) await world.addOrganisation(organisation);
  return world;
}
