/** The keys, the trust file and the database of the installation on this machine, whether its server runs or not. */
import type { KeyObject } from 'node:crypto';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Client, Pool } from 'pg';
import { axisOrganisation } from '#directory';
import { connect, inTransaction, type Database } from '#foundation/db';
import { syncFolder } from '#foundation/disk';
import { createReceiptSigner, parseTrust, readKeyUse, record } from '#foundation/evidence';
import type { Json, KeyUse, Trust } from '#foundation/evidence';
import { keyPath, readKeys } from '../../config-keys.ts';
import { readVariables, type ConfigProblem } from '../../config-source.ts';
import { parseSigningKey, type Keys } from '../../keys.ts';
import type { Context } from '../command.ts';
import { openDatabase } from '../doctor/open-database.ts';
import { misused, troubled } from '../failure.ts';

export interface Installation extends AsyncDisposable {
  readonly dataFolder: string;
  readonly keys: Keys;
  readonly trust: Trust;
  readonly owner: Pool;
  /** The file of a key; refuses where the environment holds the key itself. */
  pathOf(key: keyof Keys): string;
  /** The root key in its file, else as `--root-key` names it; refuses where it is not at hand. */
  rootKey(): KeyObject;
  /** What was signed within so many seconds. */
  keyUse(withinSeconds: number): Promise<KeyUse>;
  /** An entry in the history of the axis, signed by the receipt key that is in use. */
  record(kind: 'activated' | 'retired' | 'distrusted', claims: Readonly<Record<string, Json>>): Promise<void>;
}

/** One command at a time, whichever machine it is typed on: two would each write a next key and a trust file. */
const advisoryLock = 7_102_019;

export async function openInstallation(context: Context, rootKeyFile?: string): Promise<Installation> {
  const { environment, terminal } = context;
  await using opened = new AsyncDisposableStack();
  const place = opened.use(
    await openDatabase({
      dataFolder: resolve(context.dataFolder),
      environment,
      onNotice: (text) => terminal.note(text),
      mayMake: false,
    }),
  );
  // Before anything is read that another command may be changing.
  await lock(opened, place.ownerUrl);
  const dataFolder = resolve(context.dataFolder);
  const problems: ConfigProblem[] = [];
  const variables = await readVariables(environment, problems);
  const keys = await readKeys(variables, { dataFolder, mode: 'production' }, problems);
  const [problem] = problems;
  if (!keys || problem)
    throw misused({ vi: `${problem?.name}: ${problem?.vi}`, en: `${problem?.name}: ${problem?.en}` });
  const trust = parseTrust(await readFile(join(dataFolder, 'trust.json'), 'utf8'));
  const givenRoot =
    rootKeyFile === undefined ? keys.root : parseSigningKey(await readFile(rootKeyFile, 'utf8'));

  const database: Database = connect({ url: place.url, appConnections: 1 });
  opened.defer(() => database.close());
  const owner = new Pool({ connectionString: place.ownerUrl, max: 1, application_name: 'lienthong/keys' });
  owner.on('error', () => undefined);
  opened.defer(() => owner.end());
  const held = opened.move();

  return {
    dataFolder,
    keys,
    trust,
    owner,
    pathOf(key) {
      const path = keyPath(environment, { key, dataFolder });
      if (path === undefined) throw misused(inEnvironment);
      return path;
    },
    rootKey() {
      if (!givenRoot) throw misused(noRootKey);
      return givenRoot;
    },
    keyUse: (withinSeconds) => inTransaction(owner, {}, (tx) => readKeyUse(tx, withinSeconds)),
    async record(kind, claims) {
      const axis = await inTransaction(database.app, {}, axisOrganisation);
      const organisation = { id: axis.organisationId, code: axis.code };
      await inTransaction(database.app, { organisations: [organisation.id] }, (tx) =>
        record(tx, createReceiptSigner(keys.receipt), {
          kind: `keys.${kind}`,
          organisation,
          subjectId: organisation.id,
          actor: { method: 'axis' },
          claims,
        }),
      );
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Held by a connection of its own, so that it ends with this process however that ends. */
async function lock(opened: AsyncDisposableStack, connectionString: string): Promise<void> {
  const client = new Client({ connectionString, application_name: 'lienthong/keys' });
  // Without it the command has lost the database, which the next query says.
  client.on('error', () => undefined);
  await client.connect();
  opened.defer(() => client.end());
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    advisoryLock,
  ]);
  if (!rows[0]!.locked) throw troubled(isLocked);
}

/** In one step and closed to others; it stays with the account that the server runs as. */
export async function replaceKeyFile(path: string, text: string): Promise<void> {
  const former = await stat(path);
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await chown(`${path}.new`, former.uid, former.gid);
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

const isLocked = {
  vi: 'Một lệnh keys khác đang chạy. Hãy chờ lệnh đó xong rồi chạy lại.',
  en: 'Another keys command is running. Wait for it to end, then run this again.',
};
const inEnvironment = {
  vi: 'Khóa này nằm trong biến môi trường, không thay được từ đây. Hãy chuyển sang tệp (…_FILE hoặc DIR/keys), khởi động lại máy chủ, rồi chạy lại.',
  en: 'The environment holds this key itself, which cannot be changed from here. Move it to a file (…_FILE or DIR/keys), restart the server, run this again.',
};
const noRootKey = {
  vi: 'Cần khóa gốc để ký tệp tin cậy: --root-key TỆP.',
  en: 'The root key is needed to sign the trust file: --root-key FILE.',
};
