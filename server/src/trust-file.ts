/**
 * `DIR/trust.json`: what anyone needs to verify receipts. It is issued once the keys are there, and again, with the next
 * serial, never silently: a key that the file does not list stops the start, because receipts signed by it would verify
 * nowhere.
 */
import type { KeyObject } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '#foundation/disk';
import {
  fingerprint,
  formatVkey,
  issueTrust,
  parseTrust,
  rawPublicKey,
  shortKeyId,
  trustContentOf,
} from '#foundation/evidence';
import type { TrustContent } from '#foundation/evidence';
import type { Config } from './config.ts';
import { ConfigError } from './config-source.ts';
import { initCommand } from './keys.ts';

export interface TrustFileParts extends Pick<
  Config,
  'dataFolder' | 'keys' | 'origin' | 'mode' | 'cosigning'
> {
  /** Certificates of the authorities that stamp the log's checkpoints, DER. */
  readonly timestampAnchors?: readonly Buffer[];
}

/** The text of the trust file, issued now where there is none yet. */
export async function prepareTrustFile(parts: TrustFileParts): Promise<string> {
  const path = join(parts.dataFolder, 'trust.json');
  const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined) {
    assertListsOurKeys(path, existing, parts);
    const extended = withAnchors(existing, parts);
    if (!extended) return existing;
    if (!isRootOf(existing, parts.keys.root)) throw problem(path, anchorsMissing);
    return writeTrustFile(
      parts.dataFolder,
      issueTrust(extended, parts.keys.root!, parseTrust(existing).handovers),
    );
  }
  if (!parts.keys.root || parts.keys.log.length === 0) throw problem(path, missing(parts.dataFolder));
  return writeTrustFile(parts.dataFolder, issueTrust(contentOf(parts), parts.keys.root));
}

/** Appears as a whole or not at all. */
export async function writeTrustFile(dataFolder: string, issued: string): Promise<string> {
  const path = join(dataFolder, 'trust.json');
  await writeFile(`${path}.new`, issued, { mode: 0o644, flush: true });
  await rename(`${path}.new`, path);
  // The root key may be taken away from now on: the file must not be lost with the power.
  await syncFolder(dataFolder);
  return issued;
}

/** The next version, where an authority that stamps for us is not listed yet: its stamps would verify nowhere. */
function withAnchors(text: string, parts: TrustFileParts): TrustContent | undefined {
  const content = trustContentOf(parseTrust(text));
  const listed = new Set(content.timestampAnchors.map(({ certificate }) => certificate));
  const unlisted = anchorsOf(parts).filter(({ certificate }) => !listed.has(certificate));
  if (unlisted.length === 0) return undefined;
  return {
    ...content,
    serial: content.serial + 1,
    issuedAt: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    timestampAnchors: [...content.timestampAnchors, ...unlisted],
  };
}

function anchorsOf({ timestampAnchors = [] }: TrustFileParts): TrustContent['timestampAnchors'] {
  return timestampAnchors.map((certificate) => ({ certificate: certificate.toString('base64') }));
}

function isRootOf(text: string, root: KeyObject | undefined): boolean {
  return root !== undefined && fingerprint(rawPublicKey(root)) === parseTrust(text).rootFingerprint;
}

function contentOf(parts: TrustFileParts): TrustContent {
  const { keys, origin, mode, cosigning } = parts;
  const receiptKey = rawPublicKey(keys.receipt);
  const always = { fromSize: 0, untilSize: null };
  return {
    format: 'lienthong-trust@v1',
    purpose: mode,
    serial: 1,
    issuedAt: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    origin,
    logKeys: keys.log.map((key) => ({ vkey: formatVkey(origin, rawPublicKey(key)), ...always })),
    receiptKeys: [
      {
        kid: shortKeyId(receiptKey),
        publicKey: receiptKey.toString('base64url'),
        distrustedFromSize: null,
        ...always,
      },
    ],
    witnesses: cosigning.witnesses.map(({ key }) => ({ vkey: key.vkey, ...always })),
    quorum: cosigning.quorum,
    timestampAnchors: anchorsOf(parts),
  };
}

function assertListsOurKeys(path: string, text: string, { keys, origin }: TrustFileParts): void {
  const trust = parseTrust(text);
  // First, since every key of the log is listed under the name of the log.
  if (trust.origin !== origin) throw problem('LIENTHONG_ORIGIN', renamed(path, trust.origin, origin));
  const kid = shortKeyId(rawPublicKey(keys.receipt));
  const vkeys = keys.log.map((key) => formatVkey(origin, rawPublicKey(key)));
  const isListed =
    trust.receiptKeys.some((key) => key.kid === kid) &&
    vkeys.every((vkey) => trust.logKeys.some((key) => key.vkey === vkey));
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
const anchorsMissing = {
  vi: 'Tệp tin cậy chưa ghi chứng thư của dịch vụ dấu thời gian. Đưa khóa gốc (keys/root.key) vào cho một lần khởi động để lập bản tiếp theo.',
  en: 'The trust file does not list the certificate of the time-stamping authority. Put the root key (keys/root.key) back for one start, which issues the next version.',
};
const foreign = {
  vi: 'Tệp tin cậy không ghi khóa đang dùng. Khôi phục đúng khóa của thư mục này từ bản sao lưu.',
  en: 'The trust file does not list the keys in use. Restore the keys of this folder from the backup.',
};

function problem(name: string, sentences: { vi: string; en: string }): ConfigError {
  return new ConfigError([{ name, ...sentences }]);
}
