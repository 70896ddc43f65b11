/**
 * An authority of our own, for a sandbox: real cryptography and a real protocol, and a clock that nobody vouches for.
 * ECDSA on P-256 with SHA-256.
 */
import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { digestOf, writeDigestAlgorithm, writeEcdsaWithSha256 } from './algorithms.ts';
import { readCertificate } from './certificate.ts';
import { contextTag, tags } from './der/reader.ts';
import {
  derElement,
  derGeneralizedTime,
  derInteger,
  derObjectIdentifier,
  derOctets,
  derSequence,
  derSetOf,
} from './der/writer.ts';
import { oid } from './object-identifiers.ts';
import {
  readTimeStampRequest,
  writeGranted,
  writeRejection,
  type TimeStampRequest,
} from './time-stamp-protocol.ts';
import { faultOf } from './verdict.ts';

export interface TimeStampAuthority {
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly policy: string;
}

export const maxRequestBytes = 4 * 1024;

/** The response to a request; what cannot be understood gets a rejection, as the protocol has it. */
export function answerTimeStampRequest(
  authority: TimeStampAuthority,
  encoded: Uint8Array,
  at: Temporal.Instant,
): Buffer {
  let request: TimeStampRequest;
  try {
    request = readTimeStampRequest(encoded);
  } catch (error) {
    const { code, reason } = faultOf(error);
    return code === 'algorithm_not_allowed'
      ? writeRejection('badAlgorithm', reason)
      : writeRejection('badDataFormat', reason);
  }
  if (request.policy !== undefined && request.policy !== authority.policy) {
    return writeRejection('unacceptedPolicy', `the policy is ${authority.policy}`);
  }
  return writeGranted(signToken(authority, request, at));
}

function signToken(authority: TimeStampAuthority, request: TimeStampRequest, at: Temporal.Instant): Buffer {
  const info = derSequence(
    derInteger(1),
    derObjectIdentifier(authority.policy),
    derSequence(writeDigestAlgorithm(request.digest), derOctets(request.imprint)),
    derInteger(BigInt(`0x7f${randomBytes(15).toString('hex')}`)),
    derGeneralizedTime(at.round({ smallestUnit: 'millisecond', roundingMode: 'floor' })),
    ...(request.nonce === undefined ? [] : [derInteger(request.nonce)]),
  );
  const { issuer, serial } = readCertificate(authority.certificate);
  const attributes = derSetOf(
    attribute(oid.contentType, derObjectIdentifier(oid.timeStampInfo)),
    attribute(oid.messageDigest, derOctets(digestOf('sha256', info))),
    attribute(
      oid.signingCertificateV2,
      derSequence(derSequence(derSequence(derOctets(digestOf('sha256', authority.certificate))))),
    ),
  );
  const signature = sign('sha256', attributes, { key: authority.key, dsaEncoding: 'der' });
  const signer = derSequence(
    derInteger(1),
    derSequence(issuer, derInteger(serial)),
    writeDigestAlgorithm('sha256'),
    Buffer.concat([Buffer.of(contextTag(0)), attributes.subarray(1)]),
    writeEcdsaWithSha256(),
    derOctets(signature),
  );
  const signedData = derSequence(
    derInteger(3),
    derSetOf(writeDigestAlgorithm('sha256')),
    derSequence(
      derObjectIdentifier(oid.timeStampInfo),
      derElement(contextTag(0), derElement(tags.octetString, info)),
    ),
    ...(request.wantsCertificate ? [derElement(contextTag(0), authority.certificate)] : []),
    derSetOf(signer),
  );
  return derSequence(derObjectIdentifier(oid.signedData), derElement(contextTag(0), signedData));
}

function attribute(type: string, value: Buffer): Buffer {
  return derSequence(derObjectIdentifier(type), derSetOf(value));
}
