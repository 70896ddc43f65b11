/**
 * The keys of one installation, each a file in `DIR/keys` or handed over by the environment. A sandbox makes what is
 * missing; in production only `lienthong init` does, because a key that appears by itself hides that one was lost.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncFolder } from '#foundation/disk';

export interface Keys {
  /** For the secret box: the first seals, the others only open what they sealed before a rotation. 32 bytes each. */
  readonly master: readonly Buffer[];
  /** Ed25519, signs receipts. */
  readonly receipt: KeyObject;
  /** Ed25519, sign checkpoints: one, and during a rotation two. Without any the server runs and entries wait. */
  readonly log: readonly KeyObject[];
  /** Ed25519, signs the trust file and nothing else. In production it is best kept offline. */
  readonly root: KeyObject | undefined;
}

export const keyFiles = {
  master: 'master.key',
  receipt: 'receipt.key',
  log: 'log.key',
  root: 'root.key',
} as const satisfies Record<keyof Keys, string>;

export type Purpose = 'sandbox' | 'production';

/** Makes the keys that are missing and returns the files that it made. It never replaces one. */
export async function makeMissingKeys(dataFolder: string): Promise<string[]> {
  const folder = join(dataFolder, 'keys');
  await makeFolder(folder);
  await chmod(folder, 0o700);
  const made: string[] = [];
  const isTrustIssued = existsSync(join(dataFolder, 'trust.json'));
  for (const [name, file] of Object.entries(keyFiles)) {
    // The root key of an issued trust file belongs offline: another one in its place would be nobody's.
    if (name === 'root' && isTrustIssued) continue;
    const path = join(folder, file);
    if (await writeOnce(path, name === 'master' ? newMasterKey() : newSigningKey())) made.push(path);
  }
  if (made.length > 0) await syncFolder(folder);
  return made;
}

/** What to type for these keys; the data folder has to be named where it is not the usual one. */
export function initCommand(dataFolder: string): string {
  return `npx lienthong init${dataFolder === resolve('.data') ? '' : ` --data ${dataFolder}`}`;
}

/**
 * A data folder is a sandbox's or production's for good: a sandbox in the folder of a real axis would add its invented
 * agencies to it, and the secrets of a sandbox are no secrets. Undefined while it is neither.
 */
export async function readPurpose(dataFolder: string): Promise<Purpose | undefined> {
  const text = await readFile(join(dataFolder, 'purpose'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : text.trim() === 'sandbox' ? 'sandbox' : 'production';
}

/** Does nothing where the folder has its purpose. */
export async function writePurpose(dataFolder: string, purpose: Purpose): Promise<void> {
  await makeFolder(dataFolder);
  await writeOnce(join(dataFolder, 'purpose'), `${purpose}\n`);
}

/** Not Node's recursive `mkdir`: where a folder takes no names and says that it is not there, as in /proc, it never ends. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

/** One key a line or comma, in base64: the current one first. Throws what is wrong with the text, never the text. */
export function parseMasterKeys(text: string): Buffer[] {
  const keys = text.split(/[\s,]+/).filter((part) => part !== '');
  if (keys.length === 0) throw new Error('no key');
  return keys.map((part) => {
    const key = Buffer.from(part, 'base64');
    if (key.length !== 32 || key.toString('base64') !== part) throw new Error('not 32 bytes in base64');
    return key;
  });
}

export function parseSigningKey(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text.replaceAll(String.raw`\n`, '\n')); // as some ways to set an environment write it
  } catch {
    throw new Error('not a private key in PKCS#8 PEM'); // without the cause, which may show a part of the key
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`a key of type ${key.asymmetricKeyType}, not Ed25519`);
  return key;
}

/** PEM blocks one after the other: all of them sign, the newest first. */
export function parseSigningKeys(text: string): KeyObject[] {
  const blocks = text
    .replaceAll(String.raw`\n`, '\n')
    .match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g);
  if (!blocks || blocks.length > 4) throw new Error('not a private key in PKCS#8 PEM');
  return blocks.map(parseSigningKey);
}

export function newMasterKey(): string {
  return `${randomBytes(32).toString('base64')}\n`;
}

export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** A linked name appears with its whole content or not at all, and never takes the place of an older file. */
export async function writeOnce(path: string, text: string): Promise<boolean> {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(unfinished, text, { mode: 0o600, flush: true });
  try {
    await link(unfinished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(unfinished);
  }
}
