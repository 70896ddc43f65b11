/**
 * The digests and signatures that count, and no others: SHA-256, SHA-384, SHA-512, with RSA (PKCS #1 v1.5 or PSS, from
 * 2,048 bits) or ECDSA on P-256 or P-384. What is not in these tables is refused by name, whoever signed.
 */
import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { contextTag, DerReader, tags } from './der/reader.ts';
import { derElement, derNull, derObjectIdentifier, derSequence } from './der/writer.ts';
import { oid } from './object-identifiers.ts';
import { CryptoFault } from './verdict.ts';

export type DigestName = 'sha256' | 'sha384' | 'sha512';

const digestNames: Readonly<Record<string, DigestName>> = {
  [oid.sha256]: 'sha256',
  [oid.sha384]: 'sha384',
  [oid.sha512]: 'sha512',
};

export const digestBytes: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

export interface SignatureAlgorithm {
  readonly key: 'rsa' | 'ec';
  readonly padding: 'pkcs1' | 'pss' | undefined;
  /** Undefined where the digest stands beside it, as in CMS with `rsaEncryption`. */
  readonly digest: DigestName | undefined;
}

const signatures: Readonly<Record<string, SignatureAlgorithm>> = {
  [oid.rsaEncryption]: { key: 'rsa', padding: 'pkcs1', digest: undefined },
  [oid.sha256WithRsa]: { key: 'rsa', padding: 'pkcs1', digest: 'sha256' },
  [oid.sha384WithRsa]: { key: 'rsa', padding: 'pkcs1', digest: 'sha384' },
  [oid.sha512WithRsa]: { key: 'rsa', padding: 'pkcs1', digest: 'sha512' },
  [oid.ecdsaWithSha256]: { key: 'ec', padding: undefined, digest: 'sha256' },
  [oid.ecdsaWithSha384]: { key: 'ec', padding: undefined, digest: 'sha384' },
  [oid.ecdsaWithSha512]: { key: 'ec', padding: undefined, digest: 'sha512' },
};

/** More would let a certificate choose how long its verification takes. */
const maxRsaBits = 8_192;
const minRsaBits = 2_048;
const curves = new Set(['prime256v1', 'secp384r1']);

export function digestOf(name: DigestName, bytes: Uint8Array): Buffer {
  return hash(name, bytes, 'buffer');
}

export function readDigestAlgorithm(reader: DerReader): DigestName {
  const algorithm = reader.inside();
  const identifier = algorithm.objectIdentifier();
  readAbsentOrNull(algorithm);
  const name = digestNames[identifier];
  if (!name) throw new CryptoFault('algorithm_not_allowed', `digest ${identifier}`);
  return name;
}

export function writeDigestAlgorithm(name: DigestName): Buffer {
  return derSequence(derObjectIdentifier(oid[name]), derNull());
}

export function readSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const algorithm = reader.inside();
  const identifier = algorithm.objectIdentifier();
  if (identifier === oid.rsassaPss) return readPss(algorithm);
  readAbsentOrNull(algorithm);
  const found = signatures[identifier];
  if (!found) throw new CryptoFault('algorithm_not_allowed', `signature ${identifier}`);
  return found;
}

/** The key of a SubjectPublicKeyInfo, of a kind and size that counts. */
export function readPublicKey(encoded: Uint8Array): KeyObject {
  const info = new DerReader(encoded).inside();
  const identifier = info.inside().objectIdentifier();
  info.bitsOfBytes();
  info.end();
  if (identifier !== oid.rsaEncryption && identifier !== oid.ecPublicKey) {
    throw new CryptoFault('algorithm_not_allowed', `key ${identifier}`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(encoded), format: 'der', type: 'spki' });
  } catch (error) {
    throw new CryptoFault('malformed', 'a public key that cannot be read', { cause: error });
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const isAllowed =
    key.asymmetricKeyType === 'rsa'
      ? modulusLength >= minRsaBits && modulusLength <= maxRsaBits
      : curves.has(namedCurve);
  if (!isAllowed) throw new CryptoFault('algorithm_not_allowed', `key of ${modulusLength || namedCurve}`);
  return key;
}

export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly digest: DigestName;
}

export function isSignedBy(key: KeyObject, { bytes, signature, algorithm, digest }: SignedBytes): boolean {
  if (key.asymmetricKeyType !== algorithm.key) return false;
  if (algorithm.key === 'ec') return verify(digest, bytes, { key, dsaEncoding: 'der' }, signature);
  return algorithm.padding === 'pss'
    ? verify(
        digest,
        bytes,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: digestBytes[digest] },
        signature,
      )
    : verify(digest, bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
}

/** RSASSA-PSS as RFC 4055 and everybody writes it: one digest throughout, a salt as long as it, the usual trailer. */
function readPss(algorithm: DerReader): SignatureAlgorithm {
  const parameters = algorithm.inside();
  algorithm.end();
  const digest = readDigestAlgorithm(parameters.inside(contextTag(0)));
  const mask = parameters.inside(contextTag(1)).inside();
  const isMgf1 = mask.objectIdentifier() === oid.mgf1;
  const maskDigest = readDigestAlgorithm(mask);
  mask.end();
  const saltBytes = parameters.inside(contextTag(2)).smallInteger();
  const trailer = parameters.optionalInside(contextTag(3))?.smallInteger() ?? 1;
  parameters.end();
  if (!isMgf1 || maskDigest !== digest || saltBytes !== digestBytes[digest] || trailer !== 1) {
    throw new CryptoFault('algorithm_not_allowed', 'RSASSA-PSS with other parameters than usual');
  }
  return { key: 'rsa', padding: 'pss', digest };
}

function readAbsentOrNull(algorithm: DerReader): void {
  if (algorithm.optional(tags.null)?.content.length)
    throw new CryptoFault('malformed', 'a null with content');
  algorithm.end();
}

/** How ECDSA with SHA-256 is written, which is what we sign with ourselves. */
export function writeEcdsaWithSha256(): Buffer {
  return derElement(tags.sequence, derObjectIdentifier(oid.ecdsaWithSha256));
}
