/** Ed25519 keys as this log writes them: 32 raw bytes in texts, KeyObjects in memory. */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { assert } from '#foundation/refusal';
import { sha256 } from './encoding.ts';

export const signatureBytes = 64;
export const publicKeyBytes = 32;

export function rawPublicKey(key: KeyObject): Buffer {
  assert(key.asymmetricKeyType === 'ed25519', 'a signing key of the log is an Ed25519 key');
  const { x } = createPublicKey(
    key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }),
  ).export({
    format: 'jwk',
  });
  return Buffer.from(x!, 'base64url');
}

export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  assert(raw.length === publicKeyBytes, 'an Ed25519 public key has 32 bytes');
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** The first 12 bytes of the key's RFC 7638 thumbprint, in base64url: 16 characters that name it in receipts. */
export function shortKeyId(raw: Uint8Array): string {
  const x = Buffer.from(raw).toString('base64url');
  return sha256(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).subarray(0, 12).toString('base64url');
}

/** SHA-256 of the public key in hexadecimal: what a person compares. */
export function fingerprint(raw: Uint8Array): string {
  return sha256(raw).toString('hex');
}

export function signEd25519(message: Uint8Array, privateKey: KeyObject): Buffer {
  return sign(null, message, privateKey);
}

export function verifyEd25519(message: Uint8Array, signature: Uint8Array, publicKey: KeyObject): boolean {
  return signature.length === signatureBytes && verify(null, message, publicKey, signature);
}
