/** The root key: the former one names its successor, and the successor signs the trust file from then on. */
import { readFile } from 'node:fs/promises';
import {
  fingerprint,
  handOver,
  issueTrust,
  nextTrust,
  rawPublicKey,
  trustContentOf,
} from '#foundation/evidence';
import { newSigningKey, parseSigningKey, writeOnce } from '../../keys.ts';
import { writeTrustFile } from '../../trust-file.ts';
import { removeFile, type Installation } from './installation.ts';

export interface RotatedRoot {
  readonly fingerprint: string;
  readonly formerFingerprint: string;
  readonly serial: number;
  /** Where the new key lies, to be taken off the server. */
  readonly path: string;
}

export async function rotateRootKey(installation: Installation): Promise<RotatedRoot> {
  const { trust, dataFolder } = installation;
  const path = installation.pathOf('root');
  const former = installation.rootKey();
  const nextPath = `${path}.next`;
  await writeOnce(nextPath, newSigningKey());
  const text = await readFile(nextPath, 'utf8');
  const next = parseSigningKey(text);
  const nextFingerprint = fingerprint(rawPublicKey(next));
  let { serial } = trust;
  // Interrupted after the file was signed, only the key is left to be put into its place.
  if (trust.rootFingerprint !== nextFingerprint) {
    const content = nextTrust(trustContentOf(trust), { act: 'none' }, Temporal.Now.instant());
    const handovers = [...trust.handovers, handOver(trust.origin, { former, next })];
    await writeTrustFile(dataFolder, issueTrust(content, next, handovers));
    serial = content.serial;
  }
  await installation.record('activated', { use: 'root', keyId: nextFingerprint, trustSerial: serial });
  await removeFile(path);
  await writeOnce(path, text);
  await removeFile(nextPath);
  return {
    fingerprint: nextFingerprint,
    formerFingerprint: fingerprint(rawPublicKey(former)),
    serial,
    path,
  };
}
