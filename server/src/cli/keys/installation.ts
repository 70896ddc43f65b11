/** The keys, the trust file and the database of the installation on this machine, whether its server runs or not. */
import type { KeyObject } from 'node:crypto';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Pool } from 'pg';
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
import { misused } from '../failure.ts';

export interface Installation extends AsyncDisposable {
  readonly dataFolder: string;
  readonly keys: Keys;
  readonly trust: Trust;
  readonly owner: Pool;
  /** The file of a key; refuses where the environment holds the key itself. */
  pathOf(key: keyof Keys): string;
  /** The root key in its file, else as `--root-key` names it; refuses where it is not at hand. */
  rootKey(): KeyObject;
  keyUse(): Promise<KeyUse>;
  /** An entry in the history of the axis, signed by the receipt key that is in use. */
  record(kind: 'activated' | 'retired' | 'distrusted', claims: Readonly<Record<string, Json>>): Promise<void>;
}

/** A server that has not read its files again by then is cut off from them: its key may not be retired. */
const recentSeconds = 60;

export async function openInstallation(context: Context, rootKeyFile?: string): Promise<Installation> {
  const { environment, terminal } = context;
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

  const place = await openDatabase({
    dataFolder,
    environment,
    onNotice: (text) => terminal.note(text),
    mayMake: false,
  });
  const database: Database = connect({ url: place.url, appConnections: 1 });
  const owner = new Pool({ connectionString: place.ownerUrl, max: 1, application_name: 'lienthong/keys' });
  owner.on('error', () => undefined);

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
    keyUse: () => inTransaction(owner, {}, (tx) => readKeyUse(tx, recentSeconds)),
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
    async [Symbol.asyncDispose]() {
      await owner.end();
      await database.close();
      await place[Symbol.asyncDispose]();
    },
  };
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

const inEnvironment = {
  vi: 'Khóa này nằm trong biến môi trường, không thay được từ đây. Hãy chuyển sang tệp (…_FILE hoặc DIR/keys), khởi động lại máy chủ, rồi chạy lại.',
  en: 'The environment holds this key itself, which cannot be changed from here. Move it to a file (…_FILE or DIR/keys), restart the server, run this again.',
};
const noRootKey = {
  vi: 'Cần khóa gốc để ký tệp tin cậy: --root-key TỆP.',
  en: 'The root key is needed to sign the trust file: --root-key FILE.',
};
