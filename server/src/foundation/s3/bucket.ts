/**
 * A bucket of any S3 implementation, as far as we need one: whole objects and uploads in parts, ranges, lists. Conditional
 * writes are not relied upon, since not all have them: nobody here writes a name that somebody else may write.
 */
import { hash } from 'node:crypto';
import { freeMemory } from '#foundation/memory';
import { BucketTrouble } from './bucket-trouble.ts';
import { readXml } from './read-xml.ts';
import { createSender } from './send-request.ts';
import type { BucketAddress } from './sign-request.ts';
import type { BucketRequest, Content, SenderOptions } from './send-request.ts';

export interface Bucket {
  put(key: string, content: Buffer | Content, signal?: AbortSignal): Promise<void>;
  /**
   * Streams a part of an object; goes on where a connection broke. Undefined where there is no such object. A piece is
   * gone when the next one is asked for.
   */
  read(key: string, range: ObjectRange): Promise<AsyncIterable<Buffer> | undefined>;
  /** A small text as a whole. */
  get(key: string): Promise<string | undefined>;
  sizeOf(key: string): Promise<number | undefined>;
  /** Removes an object; one that is not there is removed already. */
  drop(key: string): Promise<void>;
  /** Up to `limit` keys with that beginning, in their order, from the first one after `after`. */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<string[]>;
  /** Begins an object that is uploaded in parts, each but the last of at least 5 MiB; returns the upload's id. */
  beginUpload(key: string): Promise<string>;
  putPart(upload: OpenUpload, number: number, content: Content, signal?: AbortSignal): Promise<UploadedPart>;
  /** Makes the parts, numbered from 1, one object of that size. */
  completeUpload(upload: OpenUpload, parts: readonly UploadedPart[], sizeBytes: number): Promise<void>;
  abortUpload(upload: OpenUpload): Promise<void>;
  /** Uploads with that beginning that were neither completed nor aborted; the first thousand. */
  listUploads(prefix: string): Promise<OpenUpload[]>;
  readonly counts: { readonly repeated: number; readonly failed: number };
}

export interface ObjectRange {
  readonly startBytes: number;
  /** The first byte that is not wanted any more. */
  readonly endBytes: number;
  /** What the whole object must have; another size is told by `onOtherSize`, which throws. */
  readonly totalBytes: number;
  readonly onOtherSize: (foundBytes: number) => Error;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

const largestPage = 1_000;
/** S3 may put the parts together for minutes, and need not say a word meanwhile. */
const completionMillis = 5 * 60_000;
/** Connections that may break one after the other without a byte in between before a read is given up. */
const fruitlessReads = 3;

export function createBucket(address: BucketAddress, options: SenderOptions = {}): Bucket {
  const sender = createSender(address, options);
  const [bucket, ...folders] = new URL(address.url).pathname.split('/').filter((part) => part !== '');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  const pathOf = (key: string, query = ''): string => `/${bucket}/${prefix}${key}${query}`;
  const listPath = (query: Record<string, string>): string =>
    `/${bucket}?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`;
  const ownKey = (key: string): string => key.slice(prefix.length);

  const put = async (path: string, content: Content, signal?: AbortSignal) =>
    sender.ask({ method: 'PUT', path, content, ...(signal && { signal }) });

  const sizeOf = async (key: string): Promise<number | undefined> => {
    const answer = await unlessMissing(sender.ask({ method: 'HEAD', path: pathOf(key) }));
    return answer && Number(answer.headers['content-length']);
  };

  const openRange = async (key: string, range: ObjectRange, fromBytes: number) => {
    const headers = { Range: `bytes=${fromBytes}-${range.endBytes - 1}` };
    const incoming = await sender
      .open({ method: 'GET', path: pathOf(key), headers })
      .catch(async (error: unknown) => {
        // 416: it ends before the range begins.
        if (!(error instanceof BucketTrouble) || error.status !== 416) throw error;
        throw range.onOtherSize((await sizeOf(key)) ?? 0);
      });
    const totalBytes = Number(/\/(\d+)$/.exec(incoming.headers['content-range'] ?? '')?.[1]);
    const isRange = incoming.statusCode === 206 && !Number.isNaN(totalBytes);
    const foundBytes = isRange ? totalBytes : Number(incoming.headers['content-length']);
    if (foundBytes === range.totalBytes && (isRange || fromBytes === 0)) return incoming;
    incoming.destroy();
    if (foundBytes !== range.totalBytes) throw range.onOtherSize(foundBytes);
    throw new BucketTrouble('the range was ignored', { status: incoming.statusCode });
  };

  async function* readOn(key: string, range: ObjectRange, first: AsyncIterable<Buffer>) {
    let atBytes = range.startBytes;
    let connection: AsyncIterable<Buffer> | undefined = first;
    for (let fruitless = 0; atBytes < range.endBytes;) {
      const beganAtBytes: number = atBytes;
      let cause: unknown;
      try {
        connection ??= await openRange(key, range, atBytes);
        for await (const bytes of connection) {
          const wanted = bytes.subarray(0, range.endBytes - atBytes);
          atBytes += wanted.length;
          yield wanted;
          freeMemory(bytes);
          if (atBytes === range.endBytes) return;
        }
      } catch (error) {
        if (!isBroken(error)) throw error;
        cause = error;
      }
      connection = undefined;
      fruitless = atBytes > beganAtBytes ? 0 : fruitless + 1;
      if (fruitless === fruitlessReads) throw new BucketTrouble(`GET ${key} breaks off`, { cause });
    }
  }

  return {
    counts: sender.counts,
    sizeOf,
    async put(key, content, signal) {
      await put(pathOf(key), Buffer.isBuffer(content) ? contentOf(content) : content, signal);
    },
    async read(key, range) {
      const first = await unlessMissing(openRange(key, range, range.startBytes));
      return first && readOn(key, range, first);
    },
    async get(key) {
      const answer = await unlessMissing(sender.ask({ method: 'GET', path: pathOf(key) }));
      return answer?.body;
    },
    async drop(key) {
      await unlessMissing(sender.ask({ method: 'DELETE', path: pathOf(key) }));
    },
    async list(below, { after, limit = Number.POSITIVE_INFINITY } = {}) {
      const keys: string[] = [];
      for (let last = after; keys.length < limit;) {
        const { body } = await sender.ask({
          method: 'GET',
          path: listPath({
            'list-type': '2',
            prefix: prefix + below,
            'max-keys': String(Math.min(limit - keys.length, largestPage)),
            ...(last !== undefined && { 'start-after': prefix + last }),
          }),
        });
        const texts = readXml(body);
        const page = texts('Contents/Key').map(ownKey);
        keys.push(...page);
        last = page.at(-1);
        if (texts('IsTruncated')[0] !== 'true' || last === undefined) break;
      }
      return keys;
    },
    async beginUpload(key) {
      const { body } = await sender.ask({ method: 'POST', path: pathOf(key, '?uploads=') });
      const [uploadId] = readXml(body)('UploadId');
      if (!uploadId) throw new BucketTrouble(`POST ${key}?uploads names no upload`, { status: 200 });
      return uploadId;
    },
    async putPart({ key, uploadId }, number, content, signal) {
      const query = `?partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`;
      const { headers } = await put(pathOf(key, query), content, signal);
      if (!headers.etag) throw new BucketTrouble(`PUT ${key} part ${number} has no ETag`, { status: 200 });
      return { number, etag: headers.etag };
    },
    async completeUpload({ key, uploadId }, parts, sizeBytes) {
      const request: BucketRequest = {
        method: 'POST',
        path: pathOf(key, `?uploadId=${encodeURIComponent(uploadId)}`),
        content: contentOf(Buffer.from(writePartList(parts))),
        patienceMillis: completionMillis,
      };
      await sender.ask(request).catch(async (error: unknown) => {
        // Where the answer to the first attempt was lost, the upload is gone because the object is there.
        const isGone = error instanceof BucketTrouble && error.code === 'NoSuchUpload';
        if (!isGone || (await sizeOf(key)) !== sizeBytes) throw error;
      });
    },
    async abortUpload({ key, uploadId }) {
      const path = pathOf(key, `?uploadId=${encodeURIComponent(uploadId)}`);
      await unlessMissing(sender.ask({ method: 'DELETE', path }));
    },
    async listUploads(below) {
      const { body } = await sender.ask({
        method: 'GET',
        path: listPath({ uploads: '', prefix: prefix + below }),
      });
      const texts = readXml(body);
      const uploadIds = texts('Upload/UploadId');
      return texts('Upload/Key').map((key, index) => ({ key: ownKey(key), uploadId: uploadIds[index]! }));
    },
  };
}

function contentOf(bytes: Buffer): Content {
  return {
    sizeBytes: bytes.length,
    sha256: hash('sha256', bytes, 'buffer'),
    async *open() {
      yield bytes;
    },
  };
}

/** A bucket that is not there is trouble; only an object, or an upload, may be missing. An answer to HEAD does not say. */
async function unlessMissing<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (error) {
    const isMissing = error instanceof BucketTrouble && error.status === 404 && error.code !== 'NoSuchBucket';
    if (isMissing) return undefined;
    throw error;
  }
}

function writePartList(parts: readonly UploadedPart[]): string {
  const list = parts.map(
    ({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`;
}

/** A connection that ended early, not what was found out about the object. */
function isBroken(error: unknown): boolean {
  if (error instanceof BucketTrouble) return error.isPassing;
  return (
    error instanceof Error &&
    ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT', 'EPIPE'].includes(
      (error as NodeJS.ErrnoException).code ?? '',
    )
  );
}
