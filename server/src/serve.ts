/**
 * The life of a server, read from top to bottom: configuration, database, migrations, application; then it serves
 * until it is asked to stop, and gives everything back in the reverse order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database, grantRoles, inspectServer, migrate } from '#foundation/db';
import { startEmbedded } from '#foundation/db/embedded';
import { createLog, type Log } from '#foundation/log';
import { type Config, loadConfig } from './config.ts';
import { writeDatabaseKind } from './database-kind.ts';
import { greeting } from './greeting.ts';
import { migrations } from './migrations.ts';
import { explainFailure } from './explain-failure.ts';

export interface App {
  /** Starts to serve and returns the address to look at. */
  listen(): Promise<string>;
  /** Accepts nothing new, finishes the running requests, stops what runs in the background. */
  close(): Promise<void>;
}

export interface AppParts {
  readonly config: Config;
  readonly database: Database;
  readonly log: Log;
  /** The configuration as its files say now, for what can change while the server runs. */
  readonly reread: () => Promise<Config>;
}

export interface ServeOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly createApp: (parts: AppParts) => Promise<App>;
  readonly stop: AbortSignal;
  /** Shows a person at the terminal how it stands. */
  readonly say: (text: string) => void;
}

const drainSeconds = 20;

/** Resolves with the exit code when everything has stopped. */
export async function serve(options: ServeOptions): Promise<number> {
  try {
    const config = await loadConfig(options);
    await serveWith(config, options);
    return 0;
  } catch (error) {
    options.say(explainFailure(error, options.argv));
    return 1;
  }
}

async function serveWith(config: Config, options: ServeOptions): Promise<void> {
  const { createApp, stop, say } = options;
  const log = createLog({
    format: config.mode === 'production' ? 'json' : 'plain',
    level: config.mode === 'production' ? 'info' : 'warn',
  });
  await using running = new AsyncDisposableStack();
  const database = await openDatabase(config, { running, log, say });
  if (stop.aborted) return;

  const app = await createApp({ config, database, log, reread: () => loadConfig(options) });
  running.defer(() => drain(app, log));
  if (stop.aborted) return;

  const baseUrl = await app.listen();
  await writeDatabaseKind(config.dataFolder, config.database ? 'external' : 'embedded');
  log.info({ event: 'started', mode: config.mode }, 'serving');
  say(greeting(baseUrl, config));
  await aborted(stop);
  say('Đang dừng… (stopping)');
}

async function openDatabase(
  config: Config,
  { running, log, say }: { running: AsyncDisposableStack; log: Log; say: (text: string) => void },
): Promise<Database> {
  const { url, ownerUrl } = config.database ?? (await startOwn(config.dataFolder, running, say));
  await inspectServer(url, { mustBeDurable: config.mode === 'production' });
  await migrate(ownerUrl, migrations);
  await grantRoles(ownerUrl, decodeURIComponent(new URL(url).username));
  let isClosing = false;
  const database = connect({
    url,
    // A pool says that it ended before PostgreSQL has heard of each goodbye: an own one that stops then cuts the rest.
    onIdleError: (error) => {
      if (!isClosing) log.warn({ err: error }, 'an idle connection to PostgreSQL broke');
    },
  });
  running.defer(() => {
    isClosing = true;
    return database.close();
  });
  return database;
}

async function startOwn(
  folder: string,
  running: AsyncDisposableStack,
  say: (text: string) => void,
): Promise<{ url: string; ownerUrl: string }> {
  const postgres = await startEmbedded({ folder, onNotice: say });
  running.defer(() => postgres.stop());
  return postgres;
}

/** A request that hangs must not keep the server from stopping; the client sees its connection end. */
async function drain(app: App, log: Log): Promise<void> {
  const patience = new AbortController();
  const impatience = sleep(drainSeconds * 1_000, 'impatient', { signal: patience.signal }).catch(
    () => 'drained',
  );
  const outcome = await Promise.race([app.close(), impatience]);
  patience.abort();
  if (outcome === 'impatient') log.warn({ drainSeconds }, 'some requests did not finish and are cut off');
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
