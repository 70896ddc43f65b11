/**
 * A real PostgreSQL beside the server, for a trial or a commune: same SQL and same durability as any other, started
 * and stopped with the server, reachable only through a socket in a closed folder.
 */
import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareBinaries } from './binaries.ts';
import { configureCluster, prepareCluster, type Passwords } from './cluster.ts';
import { type Home, prepareHome, sharedFolder } from './home.ts';
import { lockFolder } from './lock.ts';
import {
  becomesReady,
  findPostmaster,
  launchPostmaster,
  postmasterEnded,
  stopPostmaster,
} from './postmaster.ts';
import { ensureDatabase, takesConnections } from './roles.ts';
import { takeUpNextPasswords } from './rotate-passwords.ts';

export interface EmbeddedOptions {
  /** The data folder of the server; one server at a time. */
  readonly folder: string;
  /** Settings of postgresql.conf beside ours. PostgreSQL's defaults are durable; only tests may give that up. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told what an operator should know: where the cluster is, that an old server was found, that it was restarted. */
  readonly onNotice: (text: string) => void;
}

export interface EmbeddedPostgres {
  /** The server's login: no superuser, owns nothing, acts by `set role`. */
  readonly url: string;
  /** The owner of the database, for migrations. */
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  readonly loginName: string;
  /** Changes when PostgreSQL had to be started again. */
  readonly processId: number;
  /** Whether it was still running from a server that did not stop it. */
  readonly adopted: boolean;
  /** The folder with the cluster, which for root is outside the data folder. */
  readonly home: string;
  stop(): Promise<void>;
}

const database = 'lienthong';
const ownerName = 'lienthong_owner';
const loginName = 'lienthong';

/** Refuses with `embedded.*`; see refusals.ts. Starts PostgreSQL again when it ends by itself, until `stop()`. */
export async function startEmbedded({
  folder,
  settings = {},
  onNotice,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const dataFolder = await realpath(folder);
  const lock = await lockFolder(dataFolder);
  try {
    const home = await prepareHome(dataFolder);
    const binaries = await prepareBinaries({
      copiesFolder: home.account ? sharedFolder : home.folder,
      mustCopy: home.account !== undefined,
    });
    const stored = await prepareCluster(dataFolder, home, binaries, {
      isDurable: settings['fsync'] !== 'off',
    });
    const isReconfigured = await configureCluster(home, settings);
    if (!home.folder.startsWith(dataFolder))
      onNotice(`Cơ sở dữ liệu ở ${home.folder} (the database is there)`);

    const storedUrlOf = urlsThrough(home, stored);
    let processId = await findPostmaster(home);
    if (processId !== undefined) {
      onNotice(
        `PostgreSQL (tiến trình ${processId}) còn chạy từ lần trước (was still running from a server that did not stop it)`,
      );
      if (isReconfigured) await stopPostmaster(processId, home);
    }
    const adopted =
      processId !== undefined &&
      !isReconfigured &&
      (await becomesReady(processId, home, () => takesConnections(storedUrlOf.superuser)));
    if (processId === undefined || !adopted) processId = await launchPostmaster(home, binaries, onNotice);

    // Before the first start has ended the other two roles are not there yet, and nobody can have asked for new ones.
    const passwords = await takeUpNextPasswords(dataFolder, stored, {
      superuserUrl: storedUrlOf.superuser,
      ownerName,
      loginName,
    });
    const urlOf = urlsThrough(home, passwords);
    await ensureDatabase(urlOf.superuser, {
      database,
      owner: { name: ownerName, password: passwords.owner },
      login: { name: loginName, password: passwords.login },
    });
    const guard = keepRunning(processId, home, () => launchPostmaster(home, binaries, onNotice), onNotice);
    return {
      url: urlOf.login,
      ownerUrl: urlOf.owner,
      superuserUrl: urlOf.superuser,
      loginName,
      get processId() {
        return guard.processId();
      },
      adopted,
      home: home.folder,
      stop: async () => {
        await guard.release();
        await stopPostmaster(guard.processId(), home);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const restartsAtMost = 5;
const restartsForgottenAfterMilliseconds = 600_000;

/** PostgreSQL that is killed comes back, with its recovery, while the server answers "unavailable" and goes on. */
function keepRunning(
  first: number,
  home: Home,
  launch: () => Promise<number>,
  onNotice: (text: string) => void,
) {
  let current = first;
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    let recent: number[] = [];
    for (;;) {
      await postmasterEnded(current, home, stopping.signal);
      stopping.signal.throwIfAborted();
      recent = [...recent.filter((at) => at > Date.now() - restartsForgottenAfterMilliseconds), Date.now()];
      if (recent.length > restartsAtMost) {
        onNotice(
          `PostgreSQL đã tự dừng ${recent.length} lần trong mười phút, không khởi động lại nữa (not started again)`,
        );
        return;
      }
      onNotice(
        `PostgreSQL (tiến trình ${current}) tự dừng, đang khởi động lại (ended by itself; starting it again)`,
      );
      await sleep(200 * recent.length);
      current = await launch();
    }
  };
  const watching = watch().catch((error: Error) => {
    if (!stopping.signal.aborted)
      onNotice(`Không khởi động lại được PostgreSQL (could not be started again): ${error.message}`);
  });
  return {
    processId: () => current,
    release: async () => {
      stopping.abort();
      await watching;
    },
  };
}

export function urlsThrough(
  home: Home,
  passwords: Passwords,
): { superuser: string; owner: string; login: string } {
  const url = (user: string, password: string, name: string): string => {
    const created = new URL(`postgresql://localhost/${name}`);
    created.username = user;
    created.password = password;
    created.searchParams.set('host', home.socketFolder);
    return created.href;
  };
  return {
    superuser: url('postgres', passwords.superuser, 'postgres'),
    owner: url(ownerName, passwords.owner, database),
    login: url(loginName, passwords.login, database),
  };
}
