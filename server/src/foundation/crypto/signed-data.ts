/**
 * CMS SignedData (RFC 5652) with its content inside, signed attributes, and exactly one signer. More signers, or none,
 * are refused: who reads a verdict would not know whose signature it is about.
 */
import { hash } from 'node:crypto';
import {
  digestOf,
  isSignedBy,
  readDigestAlgorithm,
  readSignatureAlgorithm,
  type DigestName,
  type SignatureAlgorithm,
} from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { contextTag, DerReader, Malformed, tags } from './der/reader.ts';
import { oid } from './object-identifiers.ts';
import { CryptoFault } from './verdict.ts';

export interface SignedData {
  readonly contentType: string;
  readonly content: Buffer;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

interface SignerInfo {
  readonly identifier:
    | { readonly issuer: Buffer; readonly serial: bigint }
    | { readonly keyIdentifier: Buffer };
  readonly digest: DigestName;
  /** Each attribute once, with its single value. */
  readonly attributes: ReadonlyMap<string, Buffer>;
  /** As they are signed: with the tag of a SET. */
  readonly signedAttributes: Buffer;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
}

const maxCertificates = 16;
const maxAttributes = 32;

export function readSignedData(encoded: Uint8Array): SignedData {
  const outermost = new DerReader(encoded);
  const wrapper = outermost.inside();
  outermost.end();
  if (wrapper.objectIdentifier() !== oid.signedData) throw new Malformed('not signed data');
  const whole = wrapper.inside(contextTag(0));
  wrapper.end();
  const fields = whole.inside();
  whole.end();

  // What is inside is never plain data, and no attribute certificates are read: RFC 5652 then says version 3.
  if (fields.smallInteger() !== 3) throw new Malformed('signed data of another version');
  const digests = fields.inside(tags.set).all(readDigestAlgorithm, 1);
  const encapsulated = fields.inside();
  const contentType = encapsulated.objectIdentifier();
  const wrapped = encapsulated.inside(contextTag(0));
  const content = wrapped.octets();
  wrapped.end();
  encapsulated.end();
  const certificates = readCertificates(fields.optionalInside(contextTag(0)));
  fields.optional(contextTag(1));
  const signers = fields.inside(tags.set);
  fields.end();
  if (signers.isAtEnd) throw new CryptoFault('signer_not_single', 'nobody signed');
  const signer = readSigner(signers.inside());
  if (!signers.isAtEnd) throw new CryptoFault('signer_not_single', 'several signed');
  if (!digests.includes(signer.digest)) throw new Malformed('a digest that was not announced');
  return { contentType, content, certificates, signer };
}

/** The signer's certificate, after its signature over the content has been found right. Says nothing of trust. */
export function verifySigner({ contentType, content, certificates, signer }: SignedData): Certificate {
  const certificate = certificates.find((candidate) => isNamed(candidate, signer.identifier));
  if (!certificate)
    throw new CryptoFault('certificate_missing', 'the certificate of the signer is not inside');
  if (new DerReader(attributeOf(signer, oid.contentType)).objectIdentifier() !== contentType) {
    throw new CryptoFault('attributes_wrong', 'the signed content type is another');
  }
  const stated = new DerReader(attributeOf(signer, oid.messageDigest)).octets();
  if (!stated.equals(digestOf(signer.digest, content))) {
    throw new CryptoFault('signature_wrong', 'the content is not what was signed');
  }
  assertNamesCertificate(signer, certificate);
  const { signedAttributes: bytes, signature, algorithm, digest } = signer;
  if (algorithm.digest !== undefined && algorithm.digest !== digest) {
    throw new CryptoFault('algorithm_not_allowed', 'two digests in one signature');
  }
  if (!isSignedBy(certificate.publicKey, { bytes, signature, algorithm, digest })) {
    throw new CryptoFault('signature_wrong', 'the signature over the attributes is wrong');
  }
  return certificate;
}

/** Attribute certificates and the like have tags of their own, and belong to nothing that is verified here. */
function readCertificates(list: DerReader | undefined): Certificate[] {
  const read = (reader: DerReader): Certificate => readCertificate(reader.element(tags.sequence).encoded);
  return list?.all(read, maxCertificates) ?? [];
}

function readSigner(fields: DerReader): SignerInfo {
  const version = fields.smallInteger();
  const identifier = readIdentifier(fields);
  if (version !== ('keyIdentifier' in identifier ? 3 : 1)) throw new Malformed('a signer of another version');
  const digest = readDigestAlgorithm(fields);
  const attributes = fields.element(contextTag(0));
  const algorithm = readSignatureAlgorithm(fields);
  const signature = fields.octets();
  // Attributes that nobody signed, such as a time-stamp of the signature, say nothing here.
  fields.optional(contextTag(1));
  fields.end();
  return {
    identifier,
    digest,
    attributes: readAttributes(new DerReader(attributes.content)),
    signedAttributes: Buffer.concat([Buffer.of(tags.set), attributes.encoded.subarray(1)]),
    algorithm,
    signature,
  };
}

function readIdentifier(fields: DerReader): SignerInfo['identifier'] {
  const keyIdentifier = fields.optional(contextTag(0, 'primitive'));
  if (keyIdentifier) return { keyIdentifier: keyIdentifier.content };
  const named = fields.inside();
  const issuer = named.element(tags.sequence).encoded;
  const serial = named.integer();
  named.end();
  return { issuer, serial };
}

function readAttributes(list: DerReader): Map<string, Buffer> {
  const attributes = new Map<string, Buffer>();
  list.all((reader) => {
    const attribute = reader.inside();
    const type = attribute.objectIdentifier();
    const values = attribute.inside(tags.set);
    const value = values.any().encoded;
    values.end();
    attribute.end();
    if (attributes.has(type)) {
      throw new CryptoFault('attributes_wrong', 'a signed attribute that comes twice');
    }
    attributes.set(type, value);
  }, maxAttributes);
  return attributes;
}

function attributeOf({ attributes }: SignerInfo, type: string): Buffer {
  const value = attributes.get(type);
  if (!value) throw new CryptoFault('attributes_wrong', `the signed attribute ${type} is missing`);
  return value;
}

function isNamed(certificate: Certificate, identifier: SignerInfo['identifier']): boolean {
  return 'keyIdentifier' in identifier
    ? (certificate.subjectKeyIdentifier?.equals(identifier.keyIdentifier) ?? false)
    : certificate.serial === identifier.serial && certificate.issuer.equals(identifier.issuer);
}

/**
 * The ESS attribute (RFC 5035, and RFC 2634 before it) says in what is signed which certificate the signer meant, so that
 * nobody can put another one for the same key in its place. The first one named is the signer's.
 */
function assertNamesCertificate(signer: SignerInfo, { encoded }: Certificate): void {
  const isVersion2 = signer.attributes.has(oid.signingCertificateV2);
  const attribute = attributeOf(signer, isVersion2 ? oid.signingCertificateV2 : oid.signingCertificate);
  const named = new DerReader(attribute).inside().inside().inside();
  // Version 1 knows SHA-1 alone. Here it only names one certificate, which the signature binds by its key as well:
  // another one would need a second preimage.
  const digest: DigestName | 'sha1' = !isVersion2
    ? 'sha1'
    : named.isNext(tags.sequence)
      ? readDigestAlgorithm(named)
      : 'sha256';
  if (!named.octets().equals(hash(digest, encoded, 'buffer'))) {
    throw new CryptoFault('signing_certificate_differs', 'the signer meant another certificate');
  }
}
