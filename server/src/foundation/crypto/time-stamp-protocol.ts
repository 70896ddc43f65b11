/** The two messages of RFC 3161: what an authority is asked, and what it answers. Pure. */
import { digestBytes, readDigestAlgorithm, writeDigestAlgorithm, type DigestName } from './algorithms.ts';
import { DerReader, Malformed, tags } from './der/reader.ts';
import {
  derBoolean,
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derOctets,
  derSequence,
  derUtf8,
} from './der/writer.ts';
import { CryptoFault } from './verdict.ts';

export interface TimeStampRequest {
  readonly digest: DigestName;
  readonly imprint: Buffer;
  readonly policy: string | undefined;
  readonly nonce: bigint | undefined;
  readonly wantsCertificate: boolean;
}

export function writeTimeStampRequest(request: {
  readonly sha256: Uint8Array;
  readonly nonce: bigint;
  readonly policy?: string | undefined;
}): Buffer {
  return derSequence(
    derInteger(1),
    derSequence(writeDigestAlgorithm('sha256'), derOctets(request.sha256)),
    ...(request.policy === undefined ? [] : [derObjectIdentifier(request.policy)]),
    derInteger(request.nonce),
    derBoolean(true),
  );
}

export function readTimeStampRequest(encoded: Uint8Array): TimeStampRequest {
  const outermost = new DerReader(encoded);
  const fields = outermost.inside();
  outermost.end();
  if (fields.smallInteger() !== 1) throw new Malformed('a request of another version');
  const imprintFields = fields.inside();
  const digest = readDigestAlgorithm(imprintFields);
  const imprint = imprintFields.octets();
  imprintFields.end();
  if (imprint.length !== digestBytes[digest])
    throw new Malformed('an imprint of another length than its digest');
  const policy = fields.isNext(tags.objectIdentifier) ? fields.objectIdentifier() : undefined;
  const nonce = fields.isNext(tags.integer) ? fields.integer() : undefined;
  const wantsCertificate = fields.isNext(tags.boolean) && fields.boolean();
  fields.end();
  return { digest, imprint, policy, nonce, wantsCertificate };
}

/** PKIFailureInfo, the ones that a sandbox's authority has reason to say. */
export const failures = { badAlgorithm: 0, badRequest: 2, badDataFormat: 5, unacceptedPolicy: 15 } as const;

export function writeGranted(token: Uint8Array): Buffer {
  return derSequence(derSequence(derInteger(0)), token);
}

export function writeRejection(failure: keyof typeof failures, text: string): Buffer {
  return derSequence(derSequence(derInteger(2), derSequence(derUtf8(text)), derNamedBits(failures[failure])));
}

/** The token of a response that grants one; what the authority says instead becomes the reason of the fault. */
export function readTimeStampResponse(encoded: Uint8Array): Buffer {
  const outermost = new DerReader(encoded);
  const fields = outermost.inside();
  outermost.end();
  const status = fields.inside();
  const value = status.smallInteger();
  const words = readWords(status.optionalInside(tags.sequence));
  const failure = status.isNext(tags.bitString) ? [...status.namedBits()].join(', ') : '';
  status.end();
  const token = fields.optional(tags.sequence);
  fields.end();
  // 0 is granted, 1 granted with modifications, which the caller finds when it compares.
  if (value > 1) {
    const said = [words, failure && `failure ${failure}`].filter((part) => part !== '').join('; ');
    throw new CryptoFault('not_granted', `status ${value}${said && ` (${said})`}`);
  }
  if (!token) throw new Malformed('a granted response without a token');
  return token.encoded;
}

const maxSaidCharacters = 200;
const maxSentences = 16;

function readWords(list: DerReader | undefined): string {
  const words = list?.all((reader) => reader.octets(tags.utf8String).toString('utf8'), maxSentences) ?? [];
  return words
    .join(' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .slice(0, maxSaidCharacters);
}
