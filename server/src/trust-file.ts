/**
 * `DIR/trust.json`: what anyone needs to verify receipts. It is issued once the keys are there, and again, with the next
 * serial, never silently: a key that the file does not list stops the start, because receipts signed by it would verify
 * nowhere.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '#foundation/disk';
import { formatVkey, issueTrust, parseTrust, rawPublicKey, shortKeyId } from '#foundation/evidence';
import type { TrustContent } from '#foundation/evidence';
import type { Config } from './config.ts';
import { ConfigError } from './config-source.ts';
import { initCommand } from './keys.ts';

type Parts = Pick<Config, 'dataFolder' | 'keys' | 'origin' | 'mode'>;

/** The text of the trust file, issued now where there is none yet. */
export async function prepareTrustFile(parts: Parts): Promise<string> {
  const path = join(parts.dataFolder, 'trust.json');
  const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined) {
    assertListsOurKeys(path, existing, parts);
    return existing;
  }
  if (!parts.keys.root || !parts.keys.log) throw problem(path, missing(parts.dataFolder));
  const issued = issueTrust(contentOf(parts), parts.keys.root);
  await writeFile(`${path}.new`, issued, { mode: 0o644, flush: true });
  await rename(`${path}.new`, path);
  // The root key may be taken away from now on: the file must not be lost with the power.
  await syncFolder(parts.dataFolder);
  return issued;
}

function contentOf({ keys, origin, mode }: Parts): TrustContent {
  const receiptKey = rawPublicKey(keys.receipt);
  const always = { fromSize: 0, untilSize: null };
  return {
    format: 'lienthong-trust@v1',
    purpose: mode,
    serial: 1,
    issuedAt: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    origin,
    logKeys: [{ vkey: formatVkey(origin, rawPublicKey(keys.log!)), ...always }],
    receiptKeys: [
      {
        kid: shortKeyId(receiptKey),
        publicKey: receiptKey.toString('base64url'),
        distrustedFromSize: null,
        ...always,
      },
    ],
    witnesses: [],
    quorum: 0,
    timestampAnchors: [],
  };
}

function assertListsOurKeys(path: string, text: string, { keys, origin }: Parts): void {
  const trust = parseTrust(text);
  // First, since every key of the log is listed under the name of the log.
  if (trust.origin !== origin) throw problem('LIENTHONG_ORIGIN', renamed(path, trust.origin, origin));
  const kid = shortKeyId(rawPublicKey(keys.receipt));
  const vkey = keys.log && formatVkey(origin, rawPublicKey(keys.log));
  const isListed =
    trust.receiptKeys.some((key) => key.kid === kid) &&
    (vkey === undefined || trust.logKeys.some((key) => key.vkey === vkey));
  if (!isListed) throw problem(path, foreign);
}

const missing = (dataFolder: string) => ({
  vi: `Chưa có tệp tin cậy và không có khóa gốc để lập. Chạy: ${initCommand(dataFolder)}, hoặc chép trust.json vào đây.`,
  en: `There is no trust file and no root key to issue one. Run: ${initCommand(dataFolder)}, or copy trust.json here.`,
});
const renamed = (path: string, listed: string, given: string) => ({
  vi: `Tên nhật ký là ${given}, nhưng ${path} ghi ${listed}; tên này không đổi được. Hãy sửa lại biến.`,
  en: `The log is named ${given}, but ${path} says ${listed}, and the name can never change. Correct the variable.`,
});
const foreign = {
  vi: 'Tệp tin cậy không ghi khóa đang dùng. Khôi phục đúng khóa của thư mục này từ bản sao lưu.',
  en: 'The trust file does not list the keys in use. Restore the keys of this folder from the backup.',
};

function problem(name: string, sentences: { vi: string; en: string }): ConfigError {
  return new ConfigError([{ name, ...sentences }]);
}
