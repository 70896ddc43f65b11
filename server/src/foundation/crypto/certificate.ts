/** An X.509 certificate (RFC 5280) as far as deciding about a signature needs it. Reading says nothing of trust. */
import type { KeyObject } from 'node:crypto';
import { isSignedBy, readPublicKey, readSignatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts';
import { contextTag, DerReader, Malformed, tags } from './der/reader.ts';
import { readTime } from './der/time.ts';
import { readCommonName } from './distinguished-name.ts';
import { oid } from './object-identifiers.ts';

export interface Certificate {
  readonly encoded: Buffer;
  readonly serial: bigint;
  /** Names as they are encoded: two are the same if their bytes are. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** For people: the common name, else the organisation. */
  readonly subjectName: string;
  readonly notBefore: Temporal.Instant;
  readonly notAfter: Temporal.Instant;
  readonly publicKey: KeyObject;
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly isAuthority: boolean;
  /** How many authorities may stand between this one and the signer; undefined is any number. */
  readonly pathLength: number | undefined;
  /** Numbers of the bits of keyUsage; undefined where the certificate does not say. */
  readonly keyUsage: ReadonlySet<number> | undefined;
  readonly extendedKeyUsage:
    | { readonly isCritical: boolean; readonly purposes: readonly string[] }
    | undefined;
  /** Critical extensions that are not understood here: nothing may be concluded from such a certificate. */
  readonly unknownCritical: readonly string[];
  /** What its issuer signed, and how. */
  readonly signed: {
    readonly bytes: Buffer;
    readonly signature: Buffer;
    readonly algorithm: SignatureAlgorithm;
  };
}

export const keyUsageBits = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;

/** Above what certificates with long policies and names come to. */
export const maxCertificateBytes = 16 * 1024;
const maxExtensions = 64;
const maxPurposes = 32;

export function readCertificate(encoded: Uint8Array): Certificate {
  if (encoded.length > maxCertificateBytes) throw new Malformed('a certificate that is too long');
  const outermost = new DerReader(encoded);
  const whole = outermost.inside();
  outermost.end();
  const signedBytes = whole.element(tags.sequence).encoded;
  const algorithmBytes = whole.element(tags.sequence).encoded;
  const signature = whole.bitsOfBytes();
  whole.end();

  const body = new DerReader(signedBytes).inside();
  const version = body.optionalInside(contextTag(0))?.smallInteger() ?? 0;
  if (version !== 2) throw new Malformed('a certificate that is not of version 3');
  const serial = body.integer();
  // The algorithm stands inside and outside of what is signed; a difference is an attack or a fault.
  if (!body.element(tags.sequence).encoded.equals(algorithmBytes))
    throw new Malformed('two signature algorithms');
  const issuer = body.element(tags.sequence).encoded;
  const validity = body.inside();
  const [notBefore, notAfter] = [readTime(validity), readTime(validity)];
  validity.end();
  const subject = body.element(tags.sequence).encoded;
  const publicKey = readPublicKey(body.element(tags.sequence).encoded);
  body.optional(contextTag(1, 'primitive'));
  body.optional(contextTag(2, 'primitive'));
  const extensions = readExtensions(body);
  body.end();
  const algorithm = readSignatureAlgorithm(new DerReader(algorithmBytes));
  if (!algorithm.digest) throw new Malformed('a certificate signed by an algorithm without a digest');
  return {
    encoded: Buffer.from(encoded),
    serial,
    issuer,
    subject,
    subjectName: readCommonName(subject),
    notBefore,
    notAfter,
    publicKey,
    ...understand(extensions),
    signed: { bytes: signedBytes, signature, algorithm },
  };
}

export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { bytes, signature, algorithm } = certificate.signed;
  if (!certificate.issuer.equals(issuer.subject) || !algorithm.digest) return false;
  return isSignedBy(issuer.publicKey, { bytes, signature, algorithm, digest: algorithm.digest });
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Buffer;
}

function readExtensions(body: DerReader): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  const list = body.optionalInside(contextTag(3))?.inside();
  list?.all((reader) => {
    const extension = reader.inside();
    const identifier = extension.objectIdentifier();
    // Some authorities write the default out, against DER; it is signed as it is and means the same.
    const isCritical = extension.isNext(tags.boolean) && extension.boolean();
    const value = extension.octets();
    extension.end();
    if (extensions.has(identifier)) throw new Malformed('an extension that comes twice');
    extensions.set(identifier, { isCritical, value });
  }, maxExtensions);
  return extensions;
}

/** Critical ones that may stand there although nothing is read of them: any policy will do. */
const ignorable: ReadonlySet<string> = new Set([oid.certificatePolicies]);

function understand(extensions: ReadonlyMap<string, Extension>) {
  const understood = new Set<string>();
  const read = <Value>(identifier: string, parse: (value: DerReader, isCritical: boolean) => Value) => {
    const extension = extensions.get(identifier);
    understood.add(identifier);
    if (!extension) return undefined;
    const reader = new DerReader(extension.value);
    const value = parse(reader, extension.isCritical);
    reader.end();
    return value;
  };
  const constraints = read(oid.basicConstraints, (reader) => {
    const fields = reader.inside();
    const isAuthority = fields.isNext(tags.boolean) && fields.boolean();
    const pathLength = fields.isNext(tags.integer) ? fields.smallInteger() : undefined;
    fields.end();
    return { isAuthority, pathLength };
  });
  const keyUsage = read(oid.keyUsage, (reader) => reader.namedBits());
  const subjectKeyIdentifier = read(oid.subjectKeyIdentifier, (reader) => reader.octets());
  const extendedKeyUsage = read(oid.extendedKeyUsage, (reader, isCritical) => {
    const purposes = reader.inside().all((list) => list.objectIdentifier(), maxPurposes);
    return { isCritical, purposes };
  });
  return {
    isAuthority: constraints?.isAuthority ?? false,
    pathLength: constraints?.pathLength,
    keyUsage,
    subjectKeyIdentifier,
    extendedKeyUsage,
    unknownCritical: [...extensions].flatMap(([identifier, { isCritical }]) =>
      isCritical && !understood.has(identifier) && !ignorable.has(identifier) ? [identifier] : [],
    ),
  };
}
