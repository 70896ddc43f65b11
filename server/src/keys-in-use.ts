/** What uses the keys of this installation while the server runs, and takes others without a restart. */
import { createLogSigner, createReceiptSigner } from '#foundation/evidence';
import type { RotatingLogSigner, RotatingReceiptSigner } from '#foundation/evidence';
import { useCertificate, type HttpServer } from '#foundation/http';
import { createSecretBox } from '#foundation/secrets';
import type { RotatingSecretBox } from '#foundation/secrets';
import type { Config } from './config.ts';
import { prepareTrustFile, type TrustFileParts } from './trust-file.ts';

export interface KeysInUse {
  /** The trust file as it is served. */
  trustText: string;
  readonly secrets: RotatingSecretBox;
  readonly receipts: RotatingReceiptSigner;
  readonly log: RotatingLogSigner;
}

/** Refuses keys that the trust file does not list: what they sign would verify nowhere. */
export async function openKeys(config: TrustFileParts): Promise<KeysInUse> {
  const { keys, origin } = config;
  return {
    trustText: await prepareTrustFile(config),
    secrets: createSecretBox(keys.master),
    receipts: createReceiptSigner(keys.receipt),
    log: createLogSigner(origin, keys.log),
  };
}

/** All of it or, where anything is wrong with a file, nothing: then the server goes on with what it has. */
export async function reloadKeys(
  inUse: KeysInUse,
  config: TrustFileParts & Pick<Config, 'tls'>,
  server: HttpServer,
): Promise<void> {
  inUse.trustText = await prepareTrustFile(config);
  inUse.secrets.use(config.keys.master);
  inUse.receipts.use(config.keys.receipt);
  inUse.log.use(config.keys.log);
  if (config.tls) useCertificate(server, config.tls);
}
