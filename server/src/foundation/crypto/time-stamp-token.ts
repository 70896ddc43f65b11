/** Time-stamp tokens (RFC 3161): an authority's signed statement that a digest existed at a time. Pure. */
import { readDigestAlgorithm, type DigestName } from './algorithms.ts';
import { findPath } from './certificate-path.ts';
import { keyUsageBits, type Certificate } from './certificate.ts';
import { contextTag, DerReader, Malformed, tags } from './der/reader.ts';
import { readGeneralizedTime } from './der/time.ts';
import { oid } from './object-identifiers.ts';
import { readSignedData, verifySigner } from './signed-data.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import { CryptoFault, faultOf, type Fault } from './verdict.ts';

export interface TimeStampExpectation {
  /** SHA-256 of what was to be stamped. */
  readonly sha256: Uint8Array;
  readonly anchors: readonly TrustAnchor[];
}

export type TimeStampVerdict = ({ readonly ok: true } & TimeStamp) | Fault;

export interface TimeStamp {
  /** What was stamped existed at this time, by the clock of the authority. */
  readonly at: Temporal.Instant;
  /** As its certificate names the authority. */
  readonly authority: string;
  readonly policy: string;
  readonly serial: bigint;
  readonly nonce: bigint | undefined;
}

/** With a chain of certificates of RSA 8,192 a token stays below this. */
export const maxTokenBytes = 64 * 1024;

/** Whether the token states that digest, signed by an authority that leads to an anchor. Never throws for its bytes. */
export function verifyTimeStampToken(
  token: Uint8Array,
  { sha256, anchors }: TimeStampExpectation,
): TimeStampVerdict {
  try {
    if (token.length > maxTokenBytes) throw new CryptoFault('too_long', `more than ${maxTokenBytes} bytes`);
    const signed = readSignedData(token);
    if (signed.contentType !== oid.timeStampInfo)
      throw new CryptoFault('not_a_time_stamp', signed.contentType);
    const info = readInfo(signed.content);
    if (info.digest !== 'sha256' || !info.imprint.equals(sha256)) {
      throw new CryptoFault('imprint_differs', 'the token stamps something else');
    }
    const certificate = verifySigner(signed);
    assertForTimeStamping(certificate);
    findPath({
      signer: certificate,
      others: signed.certificates,
      anchors: anchors.map((anchor) => anchor.certificate),
      at: info.at,
    });
    const { at, policy, serial, nonce } = info;
    return { ok: true, at, policy, serial, nonce, authority: certificate.subjectName };
  } catch (error) {
    return faultOf(error);
  }
}

interface TimeStampInfo extends Omit<TimeStamp, 'authority'> {
  readonly digest: DigestName;
  readonly imprint: Buffer;
}

/** TSTInfo. Accuracy and ordering are not used: ten minutes between two stamps are coarser than either. */
function readInfo(encoded: Uint8Array): TimeStampInfo {
  const outermost = new DerReader(encoded);
  const fields = outermost.inside();
  outermost.end();
  if (fields.smallInteger() !== 1) throw new Malformed('a time-stamp of another version');
  const policy = fields.objectIdentifier();
  const imprintFields = fields.inside();
  const digest = readDigestAlgorithm(imprintFields);
  const imprint = imprintFields.octets();
  imprintFields.end();
  const serial = fields.integer();
  const at = readGeneralizedTime(fields);
  fields.optional(tags.sequence);
  if (fields.isNext(tags.boolean)) fields.boolean();
  const nonce = fields.isNext(tags.integer) ? fields.integer() : undefined;
  fields.optional(contextTag(0));
  assertNothingCritical(fields.optionalInside(contextTag(1)));
  fields.end();
  return { policy, digest, imprint, serial, at, nonce };
}

const maxExtensions = 16;

function assertNothingCritical(extensions: DerReader | undefined): void {
  extensions?.all((list) => {
    const extension = list.inside();
    const identifier = extension.objectIdentifier();
    const isCritical = extension.isNext(tags.boolean) && extension.boolean();
    if (isCritical) throw new CryptoFault('not_a_time_stamp', `a critical extension ${identifier}`);
  }, maxExtensions);
}

/** RFC 3161, section 2.3: for time-stamping only, and the certificate insists on that. */
function assertForTimeStamping({ extendedKeyUsage, keyUsage, subjectName }: Certificate): void {
  const isFor =
    extendedKeyUsage?.isCritical === true &&
    extendedKeyUsage.purposes.length === 1 &&
    extendedKeyUsage.purposes[0] === oid.timeStamping;
  const maySign =
    keyUsage === undefined ||
    keyUsage.has(keyUsageBits.digitalSignature) ||
    keyUsage.has(keyUsageBits.nonRepudiation);
  if (!isFor || !maySign) {
    throw new CryptoFault(
      'certificate_not_for_time_stamping',
      `${subjectName} is not a time-stamping authority`,
    );
  }
}
