/** Certificates of our own, signed by ECDSA on P-256: for the sandbox's authority and for tests. */
import { createPublicKey, hash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { writeEcdsaWithSha256 } from './algorithms.ts';
import { contextTag } from './der/reader.ts';
import {
  derBitsOfBytes,
  derBoolean,
  derCertificateTime,
  derElement,
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derOctets,
  derSequence,
} from './der/writer.ts';
import { keyUsageBits } from './certificate.ts';
import { writeName } from './distinguished-name.ts';
import { oid } from './object-identifiers.ts';

export interface CertificateOrder {
  readonly subject: Party;
  /** The same as the subject for one that signs itself. */
  readonly issuer: Party;
  readonly purpose: 'authority' | 'time-stamping';
  readonly notBefore: Temporal.Instant;
  readonly notAfter: Temporal.Instant;
}

export interface Party {
  readonly organisation: string;
  readonly commonName: string;
  /** Its private key, on P-256. */
  readonly key: KeyObject;
}

export function issueCertificate({
  subject,
  issuer,
  purpose,
  notBefore,
  notAfter,
}: CertificateOrder): Buffer {
  const publicKey = createPublicKey(subject.key.export({ type: 'pkcs8', format: 'pem' })).export({
    type: 'spki',
    format: 'der',
  });
  const body = derSequence(
    derElement(contextTag(0), derInteger(2)),
    // Positive, and the first byte never zero.
    derInteger(BigInt(`0x7f${randomBytes(15).toString('hex')}`)),
    writeEcdsaWithSha256(),
    writeName(issuer),
    derSequence(derCertificateTime(notBefore), derCertificateTime(notAfter)),
    writeName(subject),
    publicKey,
    derElement(contextTag(3), derSequence(...extensionsOf(purpose), keyIdentifierOf(publicKey))),
  );
  return derSequence(
    body,
    writeEcdsaWithSha256(),
    derBitsOfBytes(sign('sha256', body, { key: issuer.key, dsaEncoding: 'der' })),
  );
}

function extensionsOf(purpose: CertificateOrder['purpose']): Buffer[] {
  return purpose === 'authority'
    ? [
        critical(oid.basicConstraints, derSequence(derBoolean(true), derInteger(0))),
        critical(oid.keyUsage, derNamedBits(keyUsageBits.keyCertSign)),
      ]
    : [
        critical(oid.keyUsage, derNamedBits(keyUsageBits.digitalSignature)),
        critical(oid.extendedKeyUsage, derSequence(derObjectIdentifier(oid.timeStamping))),
      ];
}

function critical(identifier: string, value: Buffer): Buffer {
  return derSequence(derObjectIdentifier(identifier), derBoolean(true), derOctets(value));
}

function keyIdentifierOf(publicKey: Buffer): Buffer {
  const identifier = hash('sha256', publicKey, 'buffer').subarray(0, 20);
  return derSequence(derObjectIdentifier(oid.subjectKeyIdentifier), derOctets(derOctets(identifier)));
}
