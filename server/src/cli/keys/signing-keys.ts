/** Receipt and log keys: a new one listed before it signs, both valid for a while, the former one ended, or distrusted. */
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  formatVkey,
  issueTrust,
  logKeyId,
  nextTrust,
  rawPublicKey,
  shortKeyId,
  trustContentOf,
  wasSignedBy,
} from '#foundation/evidence';
import type { TrustChange } from '#foundation/evidence';
import { newSigningKey, parseSigningKey, writeOnce } from '../../keys.ts';
import { writeTrustFile } from '../../trust-file.ts';
import { misused, troubled } from '../failure.ts';
import { removeFile, replaceKeyFile, type Installation } from './installation.ts';

export type SigningUse = 'receipt' | 'log';

export interface Rotated {
  readonly keyId: string;
  /** From this size of the log on the trust file counts it. */
  readonly fromSize: number;
  readonly serial: number;
  readonly isActive: boolean;
}

/** Interrupted anywhere it goes on where it was: the new key waits in a file beside the one in use until it replaces it. */
export async function rotateSigningKey(
  installation: Installation,
  use: SigningUse,
  { onlyPrepare }: { readonly onlyPrepare: boolean },
): Promise<Rotated> {
  const { keys, trust } = installation;
  const path = installation.pathOf(use);
  if (use === 'log' && keys.log.length > 1) throw misused(retireFirst);
  await writeOnce(`${path}.next`, newSigningKey());
  const text = await readFile(`${path}.next`, 'utf8');
  const next = parseSigningKey(text);
  const keyId = idOf(use, trust.origin, next);

  const listed = listedKeys(installation, use).find((key) => key.keyId === keyId);
  const { size } = await installation.keyUse(quietSeconds);
  const fromSize = listed?.fromSize ?? size;
  const raw = rawPublicKey(next);
  const serial = listed
    ? trust.serial
    : await changeTrust(
        installation,
        use === 'receipt'
          ? { act: 'add_receipt_key', publicKey: raw, fromSize }
          : { act: 'add_log_key', vkey: formatVkey(trust.origin, raw), fromSize },
      );
  if (onlyPrepare) return { keyId, fromSize, serial, isActive: false };

  await installation.record('activated', { use, keyId, fromSize, trustSerial: serial });
  // Both log keys sign from now on: who knows only the former one can still verify.
  await replaceKeyFile(path, use === 'log' ? `${text}${await readFile(path, 'utf8')}` : text);
  await removeFile(`${path}.next`);
  return { keyId, fromSize, serial, isActive: true };
}

export interface Ended {
  readonly keyId: string;
  readonly size: number;
  readonly serial: number;
}

/** A server that has not read its files again by then is cut off from them: until then no key is retired. */
export const quietSeconds = 60;

/** Ends a key that signs no more. Refuses while any server still signs with it, or nothing else has signed yet. */
export async function retireSigningKey(
  installation: Installation,
  use: SigningUse,
  { keyId, withinSeconds = quietSeconds }: { readonly keyId: string; readonly withinSeconds?: number },
): Promise<Ended> {
  assertReplaced(installation, use, keyId);
  const { size, receiptKeyIds, checkpoints } = await installation.keyUse(withinSeconds);
  if (use === 'receipt' && receiptKeyIds.includes(keyId)) throw troubled(stillInUse, { remedy: waitAMinute });
  const others = listedKeys(installation, 'log').filter((key) => key.keyId !== keyId && key.isHeld);
  if (use === 'log' && !checkpoints.every((note) => others.some(({ vkey }) => wasSignedBy(note, vkey)))) {
    throw troubled(stillInUse, { remedy: waitAMinute });
  }
  // A checkpoint of the present size bears both signatures; what is larger bears the others' alone.
  const untilSize = use === 'log' ? size + 1 : size;
  const act = use === 'log' ? 'end_log_key' : 'end_receipt_key';
  const serial = await changeTrust(installation, { act, keyId, untilSize });
  if (use === 'log') await dropLogKey(installation, keyId);
  await installation.record('retired', { use, keyId, untilSize, trustSerial: serial });
  return { keyId, size: untilSize, serial };
}

/** The key was in wrong hands from that size of the log on: what it signed counts only with proof from before. */
export async function distrustSigningKey(
  installation: Installation,
  use: SigningUse,
  { keyId, fromSize }: { readonly keyId: string; readonly fromSize: number },
): Promise<Ended> {
  assertReplaced(installation, use, keyId);
  const serial = await changeTrust(
    installation,
    use === 'receipt'
      ? { act: 'distrust_receipt_key', keyId, fromSize }
      : { act: 'end_log_key', keyId, untilSize: fromSize + 1 },
  );
  if (use === 'log') await dropLogKey(installation, keyId);
  await installation.record('distrusted', { use, keyId, fromSize, trustSerial: serial });
  return { keyId, size: fromSize, serial };
}

export interface ListedKey {
  readonly use: SigningUse;
  readonly keyId: string;
  readonly vkey: string;
  readonly fromSize: number;
  readonly untilSize: number | null;
  readonly distrustedFromSize: number | null;
  /** Whether the server signs with it. */
  readonly isHeld: boolean;
}

export function listedKeys({ trust, keys }: Installation, use: SigningUse): ListedKey[] {
  const held = (use === 'receipt' ? [keys.receipt] : keys.log).map((key) => idOf(use, trust.origin, key));
  return use === 'receipt'
    ? trust.receiptKeys.map(({ kid, fromSize, untilSize, distrustedFromSize }) => ({
        use,
        keyId: kid,
        vkey: '',
        fromSize,
        untilSize,
        distrustedFromSize,
        isHeld: held.includes(kid),
      }))
    : trust.logKeys.map(({ vkey, fromSize, untilSize }) => ({
        use,
        keyId: logKeyId(vkey),
        vkey,
        fromSize,
        untilSize,
        distrustedFromSize: null,
        isHeld: held.includes(logKeyId(vkey)),
      }));
}

function idOf(use: SigningUse, origin: string, key: KeyObject): string {
  const raw = rawPublicKey(key);
  return use === 'receipt' ? shortKeyId(raw) : logKeyId(formatVkey(origin, raw));
}

async function changeTrust(installation: Installation, change: TrustChange): Promise<number> {
  const { trust, dataFolder } = installation;
  const content = nextTrust(trustContentOf(trust), change, Temporal.Now.instant());
  await writeTrustFile(dataFolder, issueTrust(content, installation.rootKey(), trust.handovers));
  return content.serial;
}

function assertReplaced(installation: Installation, use: SigningUse, keyId: string): void {
  const held = listedKeys(installation, use).filter(({ isHeld }) => isHeld);
  if (held.some((key) => key.keyId === keyId) && (use === 'receipt' || held.length === 1))
    throw misused(rotateFirst);
}

async function dropLogKey(installation: Installation, keyId: string): Promise<void> {
  const { trust, keys } = installation;
  const kept = keys.log.filter((key) => idOf('log', trust.origin, key) !== keyId);
  const texts = kept.map((key) => key.export({ type: 'pkcs8', format: 'pem' }));
  if (kept.length < keys.log.length) await replaceKeyFile(installation.pathOf('log'), texts.join(''));
}

const retireFirst = {
  vi: 'Hai khóa nhật ký đang cùng ký. Hãy kết thúc khóa cũ trước: lienthong keys retire log ID.',
  en: 'Two log keys sign already. Retire the former one first: lienthong keys retire log ID.',
};
const rotateFirst = {
  vi: 'Khóa này đang được dùng để ký. Hãy thay khóa trước: lienthong keys rotate.',
  en: 'This key is the one in use. Rotate it first: lienthong keys rotate.',
};
const stillInUse = {
  vi: 'Trong một phút qua vẫn có máy chủ ký bằng khóa cũ, hoặc khóa mới chưa ký lần nào.',
  en: 'Within the last minute a server still signed with the former key, or the new one has not signed yet.',
};
const waitAMinute = {
  vi: 'Chờ một phút rồi chạy lại; nếu vẫn vậy, có máy chủ chưa đọc lại tệp khóa.',
  en: 'Wait a minute and run this again; if it stays so, a server has not read its key file.',
};
