/**
 * The composition root: the only file that knows every module. It makes the platform that use cases are given, mounts the
 * routes of each module, and starts what runs in the background.
 */
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { authenticateOperatorRequests, directoryRoutes, oauthRoutes, watchDirectory } from '#directory';
import {
  createExchange,
  destroyContents,
  erasureRoutes,
  exchangeOperationRoutes,
  hasWaitingMail,
  ladderRoutes,
  lgspRoutes,
  nativeRoutes,
  readLags,
  startFeedProjector,
  reportRoutes,
  startWebhookDispatcher,
  sweepPackages,
  sweepRequestKeys,
  vxpRoutes,
} from '#exchange';
import { createBlobStore } from '#foundation/blob';
import { readTrustAnchor } from '#foundation/crypto';
import { inTransaction } from '#foundation/db';
import { createBucket } from '#foundation/s3';
import {
  evidenceRoutes,
  logStatus,
  originsOf,
  parseTrust,
  startSequencer,
  startTimeStamper,
} from '#foundation/evidence';
import type { CosignatureGathering, Sequencer, TimeStamper } from '#foundation/evidence';
import { createServer, drain, measureRequests, NotReady, operationRoutes } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { createOutbound } from '#foundation/outbound';
import type { Platform } from '#foundation/platform';
import { sweepUploads } from '#foundation/upload';
import { openArchive } from './archive.ts';
import type { Config } from './config.ts';
import { prepareCosigning } from './cosigning.ts';
import { startDestroying } from './destroying.ts';
import { describeLog } from './describe-log.ts';
import { documentationRoutes } from './documentation-routes.ts';
import { followExchange } from './following.ts';
import { openKeys, reloadKeys } from './keys-in-use.ts';
import type { KeysInUse } from './keys-in-use.ts';
import { observeServer, observeWebhooks } from './metrics.ts';
import { startReloading } from './reloading.ts';
import type { Reloading } from './reloading.ts';
import { prepareSandbox } from './sandbox/prepare-sandbox.ts';
import {
  prepareSandboxAuthority,
  sandboxAuthorityPath,
  sandboxAuthorityRoutes,
} from './sandbox/time-stamp-authority.ts';
import { startPageRoutes } from './sandbox/start-page-routes.ts';
import type { App, AppParts } from './serve.ts';
import type { Repeating } from './repeating.ts';
import { startSweeping } from './sweeping.ts';

const drainMillis = 15_000;
const sandboxReserveBytes = 64 * 1024 ** 2;

export async function createApp(parts: AppParts): Promise<App> {
  const { config, database, log } = parts;
  // Whoever configured an authority of their own is stamped by that one, in the sandbox too.
  const ownAuthority =
    config.mode === 'sandbox' && !config.timeStamping
      ? await prepareSandboxAuthority(config.dataFolder, Temporal.Now.instant())
      : undefined;
  const timestampAnchors = config.timeStamping?.anchors ?? (ownAuthority ? [ownAuthority.anchor] : []);
  const keys = await openKeys({ ...config, timestampAnchors });
  const platform = await createPlatform(parts, keys);
  const server = await createServer({
    trustedProxies: config.trustedProxies,
    ...(config.tls && { tls: config.tls }),
    // Writing a line for each request costs as much as checking its signature: only where somebody reads it.
    ...(log.isLevelEnabled('info') && { log }),
  });
  const exchange = createExchange(platform, createOutbound({ listedNetworks: config.webhookNetworks }));
  const hooks = { hasWaitingMail };
  const draining = new AbortController();
  let sequencer: Sequencer | undefined;
  let gathering: CosignatureGathering | undefined;
  let stamper: TimeStamper | undefined;
  let repeating: readonly Repeating[] = [];
  let reloading: Reloading | undefined;
  let isSandboxPrepared = false;

  const metrics = new Registry();
  measureRequests(server, metrics);
  observeServer({ metrics, database, exchange });
  await server.register(operationRoutes, {
    metrics,
    // Figures of who sends how much are not for everybody who can reach the port.
    ...(config.mode === 'production' && { authenticateMetrics: authenticateOperatorRequests(platform) }),
    isDraining: () => draining.signal.aborted,
    checks: {
      database: () => inTransaction(database.app, {}, async (tx) => `answers, ${tx.now.toString()}`),
      log: async () => describeLog(await logStatus(database.app), sequencer?.trouble ?? gathering?.trouble),
      followers: () =>
        inTransaction(database.app, {}, async (tx) => {
          const { feedBehind, dutiesBehind } = await readLags(tx);
          return `feed ${feedBehind} behind, duties ${dutiesBehind} behind`;
        }),
      disk: async () => {
        await platform.blobs.requireRoomFor(0);
        return 'has room';
      },
      // It listens before, since `sandbox.json` says at which port.
      ...(config.mode === 'sandbox' && {
        sandbox: async () => {
          if (!isSandboxPrepared) throw new NotReady('being prepared');
          return 'prepared';
        },
      }),
    },
  });
  await server.register(evidenceRoutes, {
    pool: database.app,
    trust: () => keys.trustText,
    witnesses: config.cosigning.witnesses.map(({ key }) => key),
  });
  await server.register(directoryRoutes, { prefix: '/api/directory', platform, hooks });
  await server.register(exchangeOperationRoutes, { prefix: '/api/operation', exchange });
  await server.register(erasureRoutes, { prefix: '/api/erasures', platform });
  await server.register(vxpRoutes, { prefix: '/vxp', exchange, platform, hooks });
  await server.register(lgspRoutes, { prefix: '/lgsp/v1', exchange, platform, hooks });
  await server.register(oauthRoutes, {
    platform,
    publicUrl: config.publicUrl,
    trustsRequestAddress: config.mode === 'sandbox',
  });
  await server.register(ladderRoutes, { prefix: '/api/ladders', platform });
  await server.register(reportRoutes, { prefix: '/api/reports', platform });
  await server.register(nativeRoutes, { prefix: '/api/exchange', exchange });
  await server.register(documentationRoutes);
  if (config.mode === 'sandbox') {
    await server.register(startPageRoutes, { dataFolder: config.dataFolder });
  }
  if (ownAuthority) await server.register(sandboxAuthorityRoutes, { authority: ownAuthority });

  const watch = watchDirectory(database);
  return {
    async listen() {
      const archive = openArchive(config);
      const cosigning = prepareCosigning({ config, database, log }, { trust: () => keys.trustText, archive });
      gathering = cosigning.start();
      sequencer = startSequencer({
        pool: database.sequencer,
        origin: config.origin,
        formerOrigins: originsOf(parseTrust(keys.trustText)).slice(1),
        archive,
        learnHistory: (signal) => cosigning.learnHistory(signal),
        log,
        signer: keys.log,
      });
      // Only where the database is known to go on from what was signed: on a restored one, what refers to a file, or
      // that somebody collected it, may be in the part that is lost and still to be replayed. Without the log key
      // nobody knows.
      const mayRun = (): boolean => keys.log.signers.length > 0 && sequencer?.trouble === undefined;
      const webhooks = startWebhookDispatcher(exchange, { log });
      observeWebhooks(metrics, webhooks);
      repeating = [
        startSweeping({
          sweep: async (signal) => {
            await sweepUploads(platform, signal);
            await sweepRequestKeys(exchange, signal);
            return sweepPackages(exchange, { now: Temporal.Now.instant(), signal });
          },
          mayRun,
          log,
        }),
        startDestroying({
          destroy: (signal) => destroyContents(exchange, { keptDays: config.contentKeptDays, signal }),
          mayRun,
          metrics,
          log,
        }),
        startFeedProjector(exchange, { log }),
        webhooks,
        followExchange(exchange, { mayRun, log }),
      ];
      const baseUrl = await listen(server, config);
      reloading = startReloading({
        paths: config.watchedFiles,
        reload: async () => reloadKeys(keys, { ...(await parts.reread()), timestampAnchors }, server),
        log,
      });
      if (config.mode === 'sandbox') {
        const { dataFolder, keys } = config;
        await prepareSandbox(platform, { dataFolder, baseUrl, masterKeys: keys.master });
        isSandboxPrepared = true;
      }
      const stampUrl = config.timeStamping?.url ?? (ownAuthority && `${baseUrl}${sandboxAuthorityPath}`);
      if (stampUrl !== undefined) {
        stamper = startTimeStamper({
          pool: database.sequencer,
          service: {
            url: stampUrl,
            anchors: timestampAnchors.flatMap((certificate) => readTrustAnchor(certificate) ?? []),
            policy: config.timeStamping?.policy,
          },
          everySeconds: config.stampEverySeconds,
          isWitnessed: config.cosigning.witnesses.length > 0,
          log,
        });
      }
      return baseUrl;
    },
    async close() {
      draining.abort();
      await stamper?.stop();
      await reloading?.stop();
      exchange.feed.stop();
      await drain(server, { withinMillis: drainMillis });
      await exchange.acceptance.drained();
      await Promise.all(repeating.map((each) => each.stop()));
      await gathering?.stop();
      await sequencer?.stop();
      await watch.close();
    },
  };
}

async function createPlatform(
  { config, database }: AppParts,
  { secrets, receipts }: KeysInUse,
): Promise<Platform> {
  return {
    database,
    secrets,
    receipts,
    blobs: await createBlobStore({
      folder: join(config.dataFolder, 'blobs'),
      secrets,
      pool: database.app,
      ...(config.bucket && { bucket: createBucket(config.bucket) }),
      // On somebody's laptop a share of the disk would be too much to ask for a trial.
      ...(config.mode === 'sandbox' && { reserveBytes: sandboxReserveBytes }),
    }),
  };
}

async function listen(server: HttpServer, { host, port, tls }: Config): Promise<string> {
  await server.listen({ host, port });
  const address = server.server.address();
  const boundPort = typeof address === 'object' && address ? address.port : port;
  const shownHost =
    host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${shownHost}:${boundPort}`;
}
