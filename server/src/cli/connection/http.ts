/**
 * One HTTP request with a streamed body of known size. `fetch` would send a stream in chunks of unknown total, which
 * no client of this protocol does and which hides a cut upload.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../failure.ts';
import { troubled } from '../failure.ts';

export interface HttpBody {
  readonly sizeBytes: number;
  open(): AsyncIterable<Buffer>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: HttpBody;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly content: AsyncIterable<Buffer>;
}

/** Nothing heard and nothing accepted for so long: the other side or the line is gone. */
const silenceLimitMs = 60_000;

export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { url, body, signal } = request;
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of request.headers ?? []) headers[name] = value;
  headers['Content-Length'] = body?.sizeBytes ?? 0;
  // One command, one request: a kept connection would only keep the process from ending.
  const outgoing = open(url, { method: request.method, headers, agent: false, signal });
  outgoing.setTimeout(silenceLimitMs, () =>
    outgoing.destroy(Object.assign(new Error('nothing was heard'), { code: 'ETIMEDOUT' })),
  );

  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  try {
    if (body) {
      const sent = pipeline(Readable.from(body.open(), { objectMode: false }), outgoing);
      // A server that refuses early answers and closes while we still send: its answer counts, not our broken pipe.
      // A file that cannot be read ends the request by this same way, and then nobody answers.
      const readTrouble = await Promise.race([
        answered.then(
          () => undefined,
          () => undefined,
        ),
        sent.catch((error: unknown) => error),
      ]);
      if (readTrouble !== undefined && !isNetworkTrouble(readTrouble)) throw readTrouble;
    } else {
      outgoing.end();
    }
    const incoming = await answered;
    return {
      status: incoming.statusCode ?? 0,
      header: (name) => {
        const value = incoming.headers[name.toLowerCase()];
        return Array.isArray(value) ? value[0] : value;
      },
      content: receive(incoming, url),
    };
  } catch (error) {
    if (signal.aborted || !isNetworkTrouble(error)) throw error;
    throw unreachable(url, error);
  }
}

/** The whole answer as text; an answer over the limit is not one that any of our operations gives. */
export async function readText(answer: HttpAnswer, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.content) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) {
      throw troubled({
        vi: 'Máy chủ trả lời dài bất thường; có thể địa chỉ không phải của trục.',
        en: 'The answer is longer than any that the axis gives; is the address right?',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function* receive(incoming: IncomingMessage, url: URL): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of incoming) yield chunk as Buffer;
  } catch (error) {
    throw isNetworkTrouble(error) ? unreachable(url, error) : error;
  }
  if (!incoming.complete) throw unreachable(url, new Error('the answer was cut'));
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

function isNetworkTrouble(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  // Several addresses were tried (localhost as ::1 and 127.0.0.1) or TLS did not come about.
  return (
    networkCodes.has(code) ||
    error instanceof AggregateError ||
    /^(ERR_TLS|ERR_SSL|CERT_|HPE_|UNABLE_|DEPTH_|SELF_)/.test(code)
  );
}

function unreachable(url: URL, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return troubled(
    {
      vi: `Không kết nối được với ${url.origin} (${code}).`,
      en: `${url.origin} cannot be reached (${code}).`,
    },
    {
      cause,
      remedy: {
        vi: 'Kiểm tra máy chủ đang chạy (npm start) và địa chỉ trong sandbox.json hoặc LIENTHONG_URL, rồi chạy lại đúng lệnh này: gửi lại không tạo văn bản thứ hai.',
        en: 'Check that the server runs (npm start) and the address in sandbox.json or LIENTHONG_URL, then run the same command again: sending again makes no second document.',
      },
    },
  );
}
