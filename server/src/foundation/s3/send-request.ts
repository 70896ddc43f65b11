/**
 * One request to a bucket, sent again while the trouble may pass. Everything that is sent can be sent twice: objects have
 * names that nobody else uses, and a repeated part replaces the first.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { BucketTrouble } from './bucket-trouble.ts';
import { readErrorCode } from './read-xml.ts';
import { signRequest } from './sign-request.ts';
import type { BucketAddress, UnsignedRequest } from './sign-request.ts';

/** What is uploaded. It is opened once more for each attempt. */
export interface Content {
  readonly sizeBytes: number;
  readonly sha256: Buffer;
  /** The buffers are not kept: each may be filled again when the next one is asked for. */
  open(): AsyncIterable<Buffer>;
}

export interface BucketRequest extends Omit<UnsignedRequest, 'content'> {
  readonly content?: Content;
  readonly signal?: AbortSignal;
  /** How long nothing may move, where that is longer than usual. */
  readonly patienceMillis?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Sender {
  /** Sends and reads a short answer; throws a `BucketTrouble` for any but a success. */
  ask(request: BucketRequest): Promise<Answer>;
  /** Sends and returns as soon as a successful answer begins, to be read by the caller or destroyed. */
  open(request: BucketRequest): Promise<http.IncomingMessage>;
  /** For the operator: how many requests were sent again, and how many failed for good. */
  readonly counts: { repeated: number; failed: number };
}

export interface SenderOptions {
  /** Other than usual in a test. */
  readonly idleMillis?: number;
  readonly firstPauseMillis?: number;
}

const attempts = 4;
const firstPauseMillis = 200;
/** A connection on which nothing moves for so long is given up. A large part may take longer as long as it moves. */
const idleMillis = 20_000;
/** Requests under way at once; others wait in the agent's queue for a socket. */
const maxSockets = 64;
const maxAnswerBytes = 4 * 1024 * 1024; // a page of 1,000 keys has half a megabyte at most

export function createSender(address: BucketAddress, options: SenderOptions = {}): Sender {
  const { request, Agent } = address.url.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets, scheduling: 'lifo' });
  const counts = { repeated: 0, failed: 0 };

  const sendOnce = async (asked: BucketRequest): Promise<http.IncomingMessage> => {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const outgoing = request({
      ...signRequest(address, asked),
      agent,
      ...(asked.signal && { signal: asked.signal }),
    });
    const silenceMillis = options.idleMillis ?? asked.patienceMillis ?? idleMillis;
    outgoing.setTimeout(silenceMillis, () =>
      outgoing.destroy(new Error(`nothing moved for ${silenceMillis / 1000} s`)),
    );
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    // A bucket may answer "not now" before it read the body: then the answer is the story, not the broken pipe.
    void writeContent(outgoing, asked.content).catch((error: Error) => outgoing.destroy(error));
    return promise;
  };

  const open = async (asked: BucketRequest): Promise<http.IncomingMessage> => {
    const what = `${asked.method} ${asked.path.split('?')[0]}`;
    const incoming = await sendOnce(asked).catch((cause: unknown) => {
      throw new BucketTrouble(what, { cause });
    });
    const status = incoming.statusCode!;
    if (status >= 200 && status < 300) return incoming;
    const code = await readText(incoming).then(readErrorCode, () => undefined);
    throw new BucketTrouble(what, { status, code });
  };

  const ask = async (asked: BucketRequest): Promise<Answer> => {
    const incoming = await open(asked);
    const body = await readText(incoming).catch((cause: unknown) => {
      throw new BucketTrouble(`${asked.method} ${asked.path}`, { cause });
    });
    // Completing an upload takes long, so S3 may begin with 200 and only then learn that it failed.
    const code = readErrorCode(body);
    if (code !== undefined) throw new BucketTrouble(`${asked.method} ${asked.path}`, { status: 500, code });
    return { status: incoming.statusCode!, headers: incoming.headers, body };
  };

  const repeated = async <Result>(asked: BucketRequest, send: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        const mayPass = error instanceof BucketTrouble && error.isPassing && !asked.signal?.aborted;
        if (!mayPass || attempt === attempts) {
          if (mayPass) counts.failed += 1;
          throw error;
        }
        counts.repeated += 1;
        await pause(options.firstPauseMillis ?? firstPauseMillis, attempt, asked.signal);
      }
    }
  };

  return {
    counts,
    ask: (asked) => repeated(asked, () => ask(asked)),
    open: (asked) => repeated(asked, () => open(asked)),
  };
}

/** Waits for each buffer to be taken, so that one upload holds one buffer and a stalled connection holds up its reader. */
async function writeContent(outgoing: http.ClientRequest, content: Content | undefined): Promise<void> {
  if (content) {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    outgoing.once('close', () => close());
    for await (const bytes of content.open()) {
      if (outgoing.destroyed) return;
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      outgoing.write(bytes, () => take());
      await Promise.race([taken, closed]);
    }
  }
  outgoing.end();
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > maxAnswerBytes) throw new Error(`an answer of more than ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Doubles from attempt to attempt and differs from caller to caller, so that those who failed together do not return together. */
async function pause(firstMillis: number, attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const millis = firstMillis * 2 ** (attempt - 1) * (0.5 + Math.random());
  await sleep(millis, undefined, signal && { signal }).catch(() => undefined);
}
