/** The public key of an API client as a JWK (RFC 7517), for `private_key_jwt` (RFC 7523). */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { refuse } from './refusals.ts';
import { z } from 'zod';

/** As JWS names them; `Ed25519` (RFC 9864) is what older clients call `EdDSA`. */
export type SigningAlgorithm = 'Ed25519' | 'ES256' | 'RS256';

/** Public members only. */
export type PublicJwk = Readonly<Record<string, string>>;

/** The public members of the JWK and no others, with the id and the algorithm that hold for it. */
export interface PublicKey {
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  readonly jwk: PublicJwk;
}

const part = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/);
const named = {
  kid: z
    .string()
    .regex(/^[!-~]{1,100}$/)
    .optional(),
  alg: z.string().optional(),
};
const schema = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: part, ...named }),
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: part, y: part, ...named }),
  z.object({ kty: z.literal('RSA'), n: part, e: part, ...named }),
]);
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];
const rsaBits = { minimum: 2048, maximum: 8192 };

/** Refuses what is no public key of a kind that verifies assertions; above all a private key sent by mistake. */
export function parsePublicKey(given: unknown): PublicKey {
  if (typeof given === 'object' && given !== null && privateMembers.some((member) => member in given)) {
    throw refuse('public_key_is_private');
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw refuse('public_key_unusable');
  const { kid, alg, ...jwk } = parsed.data;
  const algorithm = algorithmOf[jwk.kty];
  const isNamedSo = alg === undefined || alg === algorithm || (jwk.kty === 'OKP' && alg === 'EdDSA');
  if (!isNamedSo || !isStrong(openPublicKey(jwk).publicKey)) throw refuse('public_key_unusable');
  return { keyId: kid ?? thumbprint(jwk), algorithm, jwk };
}

/** The key that verifies, with the one algorithm that it verifies by. */
export function openPublicKey(jwk: PublicJwk): { publicKey: KeyObject; algorithm: SigningAlgorithm } {
  const algorithm = algorithmOf[jwk.kty as keyof typeof algorithmOf];
  try {
    return { publicKey: createPublicKey({ key: jwk, format: 'jwk' }), algorithm };
  } catch (error) {
    throw refuse('public_key_unusable', {}, { cause: error });
  }
}

const algorithmOf: Readonly<Record<'OKP' | 'EC' | 'RSA', SigningAlgorithm>> = {
  OKP: 'Ed25519',
  EC: 'ES256',
  RSA: 'RS256',
};

function isStrong(key: KeyObject): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return key.asymmetricKeyType !== 'rsa' || (bits! >= rsaBits.minimum && bits! <= rsaBits.maximum);
}

/** RFC 7638: the required members in the order of their names. */
function thumbprint(jwk: PublicJwk): string {
  const ordered = Object.fromEntries(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url');
}
