/** Asks an authority over HTTP (RFC 3161, section 3.4) for a stamp, and verifies it before anybody keeps it. */
import { randomBytes } from 'node:crypto';
import { readTimeStampResponse, writeTimeStampRequest } from './time-stamp-protocol.ts';
import { maxTokenBytes, verifyTimeStampToken, type TimeStamp } from './time-stamp-token.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import { CryptoFault, faultOf, type Fault } from './verdict.ts';

export interface TimeStampService {
  readonly url: string;
  readonly anchors: readonly TrustAnchor[];
  /** Refuses stamps under any other policy; undefined takes that of the authority. */
  readonly policy?: string | undefined;
  readonly timeoutMillis?: number;
}

export type RequestedTimeStamp = ({ readonly ok: true; readonly token: Buffer } & TimeStamp) | Fault;

const defaultTimeoutMillis = 15_000;
const maxAnswerBytes = maxTokenBytes + 1_024;
/** Positive, and too many to guess: an old answer does not pass for a new one. */
const nonceBytes = 8;

export async function requestTimeStamp(
  service: TimeStampService,
  sha256: Uint8Array,
  signal: AbortSignal = new AbortController().signal,
): Promise<RequestedTimeStamp> {
  const { anchors, policy } = service;
  const nonce = BigInt(`0x${randomBytes(nonceBytes).toString('hex')}`);
  try {
    const answer = await ask(service, writeTimeStampRequest({ sha256, nonce, policy }), signal);
    const token = readTimeStampResponse(answer);
    const verdict = verifyTimeStampToken(token, { sha256, anchors });
    if (!verdict.ok) return verdict;
    if (verdict.nonce !== nonce) throw new CryptoFault('nonce_differs', 'the answer is to another question');
    if (policy !== undefined && verdict.policy !== policy)
      throw new CryptoFault('policy_differs', verdict.policy);
    return { ...verdict, token };
  } catch (error) {
    return faultOf(error);
  }
}

async function ask(
  { url, timeoutMillis = defaultTimeoutMillis }: TimeStampService,
  request: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: new Uint8Array(request),
      // Who was configured is asked, and nobody whom it names instead.
      redirect: 'error',
      // It bounds the body too, which an authority could send a byte a minute.
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new CryptoFault('unreachable', `HTTP ${response.status}`);
    }
    return await readBounded(response);
  } catch (error) {
    if (error instanceof CryptoFault) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new CryptoFault('unreachable', reason, { cause: error });
  }
}

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    // Leaving the loop cancels the body.
    if (sizeBytes > maxAnswerBytes) throw new CryptoFault('too_long', `more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
