/**
 * What proves who a connected system is: one kind for each way in. A credential of one kind proves nothing in another
 * dialect, so that a secret that travels in every request of the weakest one opens no other.
 */
import { createHash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { parsePublicKey, type PublicKey, type SigningAlgorithm } from './public-key.ts';
import { refuse } from './refusals.ts';
import type { CredentialId, SystemId } from '#foundation/ids';

export const credentialKinds = ['vxp', 'lgsp', 'api_secret', 'api_key'] as const;
/** VXP's HMAC secret, LGSP's secret, an OAuth client's secret, an OAuth client's public key. */
export type CredentialKind = (typeof credentialKinds)[number];
/** Those of which the axis keeps a digest only. */
export type DigestKind = 'lgsp' | 'api_secret';

/** How many of a kind are valid at once: the one in use and its successor; a client of several machines has a key each. */
export const placesOf: Readonly<Record<CredentialKind, number>> = {
  vxp: 2,
  lgsp: 2,
  api_secret: 2,
  api_key: 4,
};

/** What is valid now, newest first. Each dialect reads its own kind. */
export interface ValidCredentials {
  readonly vxp: readonly { readonly credentialId: CredentialId; readonly secret: string }[];
  readonly lgsp: readonly { readonly credentialId: CredentialId; readonly secretDigest: Buffer }[];
  readonly api_secret: readonly { readonly credentialId: CredentialId; readonly secretDigest: Buffer }[];
  readonly api_key: readonly ApiKey[];
}

export interface ApiKey {
  readonly credentialId: CredentialId;
  /** The `kid` that the client's assertions name. */
  readonly keyId: string;
  /** The one algorithm that this key verifies; what an assertion names must equal it. */
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

export interface IssuedCredential {
  readonly credentialId: CredentialId;
  readonly kind: CredentialKind;
  /** Shown now and never again; null for a public key, whose private half the axis never sees. */
  readonly secret: string | null;
  /** The `kid` of a public key. */
  readonly keyId: string | null;
}

/** What a new credential is to be; a secret that is left out is made, of 256 random bits. VXP where nothing is said. */
export interface CredentialRequest {
  readonly kind?: CredentialKind | undefined;
  readonly secret?: string | undefined;
  /** Of an API key: the public half as a JWK. */
  readonly publicKey?: unknown;
  /** Repeating the act under the same key issues nothing new. */
  readonly requestKey?: string | undefined;
}

/** The same after it was looked at. */
export type NewCredential =
  | { readonly kind: 'vxp' | DigestKind; readonly secret: string | undefined }
  | { readonly kind: 'api_key'; readonly publicKey: PublicKey };

export function parseNewCredential({ kind = 'vxp', secret, publicKey }: CredentialRequest): NewCredential {
  if ((publicKey !== undefined) !== (kind === 'api_key') || (kind === 'api_key' && secret !== undefined)) {
    throw refuse('credential_parts_wrong');
  }
  if (kind === 'api_key') return { kind, publicKey: parsePublicKey(publicKey) };
  if (secret === undefined) return { kind, secret };
  return { kind, secret: kind === 'vxp' ? parseSecret(secret) : parseDigestedSecret(secret) };
}

/**
 * Which of the system's credentials of that kind the presented secret is. Whatever was found, the same number of
 * digests is compared, each in constant time: an unknown system costs as much as a wrong secret.
 */
export function findCredentialBySecret(
  system: { readonly credentials: ValidCredentials } | undefined,
  kind: DigestKind,
  presented: string,
): CredentialId | undefined {
  const claimed = digestOfSecret(presented);
  let proven: CredentialId | undefined;
  for (let index = 0; index < placesOf[kind]; index++) {
    const credential = system?.credentials[kind][index];
    const isEqual = timingSafeEqual(claimed, credential?.secretDigest ?? nobodysDigest);
    if (isEqual && credential) proven ??= credential.credentialId;
  }
  return proven;
}

/** Fast on purpose: what is digested is 256 random bits, which no dictionary holds, and every request brings one. */
export function digestOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

const nobodysDigest = digestOfSecret('the secret of no system');

const secretLength = { minimum: 16, maximum: 200 };

/** A secret brought along by a client that is already configured; otherwise one is made. */
export function parseSecret(text: string): string {
  const { minimum, maximum } = secretLength;
  if (!/^[!-~]+$/.test(text) || text.length < minimum || text.length > maximum) {
    throw refuse('secret_too_weak', { minimum, maximum });
  }
  return text;
}

/** 43 characters of base64url carry 256 bits: less, or words, could be found from a stolen digest. */
export function parseDigestedSecret(text: string): string {
  if (!/^[A-Za-z0-9_-]{43,200}$/.test(text)) throw refuse('secret_not_random', { minimum: 43, maximum: 200 });
  return text;
}

/** What a sealed secret is bound to, so that it opens in no other row. */
export function credentialContext(systemId: SystemId, credentialId: CredentialId): string {
  return `directory.credential ${systemId} ${credentialId}`;
}
