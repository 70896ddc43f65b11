/**
 * An S3 server in memory that can misbehave: the world's edge. It knows what the blob store uses of S3, uploads in parts
 * included, and is as strict as the real one about what a signature covers; the signatures themselves are checked by a
 * foreign server, see `foundation/s3/bucket.foreign.test.ts`.
 */
import { createHash, hash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BucketAddress } from '#foundation/s3';

export interface S3Server {
  readonly address: BucketAddress;
  /** What is there, by key. */
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>;
  /** What was asked, `PUT blobs/…`, `PUT blobs/… part 2`, `POST blobs/… uploads`, in order. */
  readonly asked: string[];
  /** Decides before each request whether it goes wrong. */
  misbehave: (request: string) => Misbehaviour | undefined;
  /** Refuses connections until it is back. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

export type Misbehaviour =
  | { readonly answer: number; readonly code: string }
  /** Reads so much of the body, or sends so much of the answer, and ends the connection. */
  | { readonly cutAfterBytes: number }
  /** Does what was asked, and ends the connection without a word. */
  | { readonly loseAnswer: true }
  /** Sends one byte of the object differently. */
  | { readonly flipByte: number }
  /** Never answers. */
  | { readonly hang: true };

const bucketName = 'contents';

export async function startS3Server(): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const uploads: S3Server['uploads'] = new Map();
  const asked: string[] = [];
  const http = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => http.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = http.address() as AddressInfo;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url!, 'http://s3');
    const [, bucket, ...path] = pathname.split('/');
    const key = path.join('/');
    const part = searchParams.get('partNumber');
    const detail = part ? ` part ${part}` : searchParams.has('uploads') ? ' uploads' : '';
    const what = `${request.method} ${key}${detail}`;
    asked.push(what);
    const fault = server.misbehave(what);
    if (fault && 'hang' in fault) return;
    if (fault && 'answer' in fault) return fail(response, fault.answer, fault.code);
    if (fault && 'cutAfterBytes' in fault && request.method !== 'GET') {
      return cutUpload(request, fault.cutAfterBytes);
    }
    const body = await readBody(request);
    if (bucket !== bucketName) return fail(response, 404, 'NoSuchBucket');
    const claimed = request.headers['x-amz-content-sha256'];
    if (claimed !== hash('sha256', body, 'hex')) return fail(response, 400, 'XAmzContentSHA256Mismatch');
    const answer = act({
      method: request.method!,
      key,
      query: searchParams,
      body,
      range: request.headers.range,
    });
    if (fault && 'loseAnswer' in fault) return void request.socket.destroy();
    if (fault && 'flipByte' in fault) answer.body = flip(answer.body, fault.flipByte);
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': answer.sizeBytes ?? answer.body.length,
    });
    if (fault && 'cutAfterBytes' in fault) {
      response.write(answer.body.subarray(0, fault.cutAfterBytes), () => request.socket.destroy());
      return;
    }
    response.end(answer.body);
  };

  const act = ({ method, key, query, body, range }: Asked): Answer => {
    if (key === '') return query.has('uploads') ? listUploads(query) : listObjects(query);
    const uploadId = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) {
      const id = randomBytes(8).toString('hex');
      uploads.set(id, { key, parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) return actOnUpload(method, uploadId, query, body);
    if (method === 'PUT') {
      objects.set(key, body);
      return { status: 200, body: Buffer.alloc(0), headers: { etag: etagOf(body) } };
    }
    const object = objects.get(key);
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204, body: Buffer.alloc(0) };
    }
    if (!object) return error(404, 'NoSuchKey');
    if (method === 'HEAD') return { status: 200, body: Buffer.alloc(0), sizeBytes: object.length };
    return readRange(object, range);
  };

  const actOnUpload = (method: string, id: string, query: URLSearchParams, body: Buffer): Answer => {
    const upload = uploads.get(id);
    if (!upload) return error(404, 'NoSuchUpload');
    if (method === 'DELETE') {
      uploads.delete(id);
      return { status: 204, body: Buffer.alloc(0) };
    }
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, body: Buffer.alloc(0), headers: { etag: etagOf(body) } };
    }
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)];
    const pieces = named.map(([, number, etag]) => {
      const piece = upload.parts.get(Number(number));
      return piece && etagOf(piece) === etag!.replaceAll('&quot;', '"') ? piece : undefined;
    });
    const isRight =
      pieces.length > 0 &&
      pieces.every((piece, index) => piece && (index === pieces.length - 1 || piece.length >= 5 * 1024 ** 2));
    if (!isRight) return error(400, 'InvalidPart');
    objects.set(upload.key, Buffer.concat(pieces as Buffer[]));
    uploads.delete(id);
    return xml('<CompleteMultipartUploadResult/>');
  };

  const listObjects = (query: URLSearchParams): Answer => {
    const keys = [...objects.keys()].sort().filter((key) => key.startsWith(query.get('prefix') ?? ''));
    const rest = keys.filter((key) => key > (query.get('start-after') ?? ''));
    const page = rest.slice(0, Math.min(Number(query.get('max-keys') ?? 1000), 1000));
    return xml(
      `<ListBucketResult><IsTruncated>${page.length < rest.length}</IsTruncated>${page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
    );
  };

  const listUploads = (query: URLSearchParams): Answer => {
    const found = [...uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''));
    return xml(
      `<ListMultipartUploadsResult>${found.map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`).join('')}</ListMultipartUploadsResult>`,
    );
  };

  const stop = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const server: S3Server = {
    address: {
      url: `http://127.0.0.1:${port}/${bucketName}`,
      region: 'us-east-1',
      accessKeyId: 'test',
      secretAccessKey: 'not a secret',
    },
    objects,
    uploads,
    asked,
    misbehave: () => undefined,
    away: stop,
    back: () => listen(port),
    stop,
  };
  return server;
}

interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly range: string | undefined;
}

interface Answer {
  readonly status: number;
  body: Buffer;
  /** Of an answer to HEAD. */
  readonly sizeBytes?: number;
  readonly headers?: Record<string, string>;
}

function readRange(object: Buffer, range: string | undefined): Answer {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (first === undefined) return { status: 200, body: object };
  if (Number(first) >= object.length) return error(416, 'InvalidRange');
  const end = Math.min(Number(last) + 1, object.length);
  const headers = { 'content-range': `bytes ${first}-${end - 1}/${object.length}` };
  return { status: 206, body: object.subarray(Number(first), end), headers };
}

function xml(text: string): Answer {
  return { status: 200, body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`) };
}

function error(status: number, code: string): Answer {
  return { status, body: Buffer.from(`<Error><Code>${code}</Code></Error>`) };
}

function fail(response: ServerResponse, status: number, code: string): void {
  const { body } = error(status, code);
  response.writeHead(status, { 'content-length': body.length, connection: 'close' }).end(body);
}

async function cutUpload(request: IncomingMessage, afterBytes: number): Promise<void> {
  let readBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    readBytes += piece.length;
    if (readBytes >= afterBytes) break;
  }
  request.socket.destroy();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at]! ^= 1;
  return changed;
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
