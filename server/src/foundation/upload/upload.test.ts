/** Resumable upload as its clients use it: ours, the one of the tus project, and ones that misbehave. */
import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Client } from 'pg';
import * as tus from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { newId } from '#foundation/ids';
import type { BlobId } from '#foundation/ids';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { receivePiece } from './receive-piece.ts';
import { tusRoutes } from './tus-routes.ts';
import { findUploadedBlobs } from './upload-rows.ts';
import { maxUploads, partBytes } from './upload.ts';
import { beginUpload, getFinishedUpload, getUpload, sweepUploads } from './uploads.ts';
import { inTransaction } from '#foundation/db';
import { refusalEntry } from '#foundation/refusal';

let platform: TestPlatform;
let server: HttpServer;
let url: string;
let owner: Client;
const ownerId = newId<'system'>();

beforeAll(async () => {
  platform = await createTestPlatform();
  owner = new Client({ connectionString: platform.ownerUrl });
  await owner.connect();
  await start();
});
afterAll(async () => {
  await server.close();
  await owner.end();
  await platform.drop();
});

async function start(): Promise<void> {
  server = await createServer();
  await server.register(tusRoutes, {
    prefix: '/uploads',
    platform,
    authenticate: async () => undefined,
    ownerOf: (request) => String(request.headers['x-owner'] ?? ownerId),
    readBody: (request) => request.raw as AsyncIterable<Buffer>,
    hold: (_request, { body }, take) => take(body),
  });
  url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/uploads`;
}

const headers = { 'tus-resumable': '1.0.0' };
const begin = async (sizeBytes: number): Promise<string> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(sizeBytes) },
  });
  expect(answer.status).toBe(201);
  return answer.headers.get('location')!.split('/').at(-1)!;
};
const patch = (id: string, offset: number, bytes: Buffer, more: Record<string, string> = {}) =>
  fetch(`${url}/${id}`, {
    method: 'PATCH',
    headers: {
      ...headers,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      ...more,
    },
    body: new Uint8Array(bytes),
  });
const read = async (id: string): Promise<Buffer> => {
  const upload = await getFinishedUpload(platform, { ownerId, id });
  return Buffer.concat(await Array.fromAsync(upload.open()));
};
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

test('the client of the tus project uploads, in pieces and with the name of the file', async () => {
  const content = randomBytes(300_000);
  const upload = await new Promise<tus.Upload>((resolve, reject) => {
    const uploading = new tus.Upload(content, {
      endpoint: url,
      chunkSize: 100_000,
      metadata: { filename: 'công văn.pdf' },
      onSuccess: () => resolve(uploading),
      onError: reject,
    });
    uploading.start();
  });
  const id = upload.url!.split('/').at(-1)!;
  expect(await getUpload(platform, { ownerId, id })).toMatchObject({ fileName: 'công văn.pdf' });
  expect((await read(id)).equals(content)).toBe(true);
});

test('pieces of any sizes, by servers that come and go, make the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 6 }),
      async (sizes) => {
        const content = randomBytes(sizes.reduce((sum, size) => sum + size, 0));
        const id = await begin(content.length);
        let offset = 0;
        for (const size of sizes) {
          const answer = await patch(id, offset, content.subarray(offset, offset + size));
          offset += size;
          expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, String(offset)]);
        }
        expect((await read(id)).equals(content)).toBe(true);
      },
    ),
    { numRuns: 15 },
  );
  const id = await begin(10);
  await patch(id, 0, Buffer.from('12345'));
  await server.close();
  await start();
  const head = await fetch(`${url}/${id}`, { method: 'HEAD', headers });
  expect([head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual(['5', '10']);
  await patch(id, 5, Buffer.from('67890'));
  expect((await read(id)).toString()).toBe('1234567890');
});

describe('a line that breaks', () => {
  const key = (id: string) => ({ ownerId, id });
  async function* broken(bytes: Buffer): AsyncGenerator<Buffer> {
    for (let start = 0; start < bytes.length; start += 50_000) yield bytes.subarray(start, start + 50_000);
    throw new Error('the line broke');
  }

  test('costs nothing that arrived', async () => {
    const content = randomBytes(200_000);
    const id = await begin(content.length);
    const piece = { offsetBytes: 0, sizeBytes: content.length, checksum: undefined };
    await expect(
      receivePiece(platform, key(id), { ...piece, body: broken(content.subarray(0, 120_000)) }),
    ).rejects.toThrow('the line broke');
    expect(await getUpload(platform, key(id))).toMatchObject({ offsetBytes: 120_000 });
    expect((await patch(id, 120_000, content.subarray(120_000))).status).toBe(204);
    expect((await read(id)).equals(content)).toBe(true);
  });

  test('leaves nothing of a piece with a checksum', async () => {
    const id = await begin(200_000);
    const checksum = { algorithm: 'sha256' as const, digest: Buffer.alloc(32) };
    const piece = { offsetBytes: 0, sizeBytes: 200_000, checksum, body: broken(randomBytes(120_000)) };
    await expect(receivePiece(platform, key(id), piece)).rejects.toThrow('the line broke');
    expect(await getUpload(platform, key(id))).toMatchObject({ offsetBytes: 0 });
  });

  test('in the middle of a large piece keeps every part that was full', async () => {
    const id = await begin(3 * partBytes);
    let sent = 0;
    async function* dying(): AsyncGenerator<Buffer> {
      for (; sent < partBytes + 1_000_000; sent += 1_000_000) yield Buffer.alloc(1_000_000);
      // As the process sees it that is killed here: what was counted before is all that counts.
      const standing = await getUpload(platform, key(id));
      expect(standing.offsetBytes).toBeGreaterThanOrEqual(partBytes);
      throw new Error('killed');
    }
    const piece = { offsetBytes: 0, sizeBytes: undefined, checksum: undefined, body: dying() };
    await expect(receivePiece(platform, key(id), piece)).rejects.toThrow('killed');
  });
});

test('of two who continue at one place only one goes on, and the file is whole', async () => {
  const content = randomBytes(150_000);
  const id = await begin(content.length);
  const answers = await Promise.all([patch(id, 0, content), patch(id, 0, content), patch(id, 0, content)]);
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, 409, 409]);
  expect((await read(id)).equals(content)).toBe(true);
  const { rows } = await owner.query(
    'select sum(size_bytes)::integer as size from upload.part where upload_id = $1',
    [id],
  );
  expect(rows).toEqual([{ size: content.length }]);
});

describe('a checksum', () => {
  const bytes = Buffer.from('công văn');
  test.each(['sha1', 'sha256'])('of %s is checked', async (algorithm) => {
    const id = await begin(bytes.length);
    const digest = createHash(algorithm).update(bytes).digest('base64');
    const wrong = await patch(id, 0, Buffer.from(bytes).reverse(), {
      'upload-checksum': `${algorithm} ${digest}`,
    });
    expect([wrong.status, await codeOf(wrong)]).toEqual([460, 'upload.checksum_differs']);
    const right = await patch(id, 0, bytes, { 'upload-checksum': `${algorithm} ${digest}` });
    expect(right.status).toBe(204);
    expect(await read(id)).toEqual(bytes);
  });
});

describe('refused', () => {
  test.each<[string, () => Promise<Response>, number, string]>([
    ['without the version', () => fetch(url, { method: 'POST' }), 412, 'upload.version_unsupported'],
    ['without a length', () => fetch(url, { method: 'POST', headers }), 400, 'upload.header_malformed'],
    [
      'of 3 GB',
      () => fetch(url, { method: 'POST', headers: { ...headers, 'upload-length': String(3 * 1024 ** 3) } }),
      413,
      'upload.too_large',
    ],
    [
      'at another place',
      async () => patch(await begin(10), 5, Buffer.from('x')),
      409,
      'upload.offset_differs',
    ],
    ['beyond its length', async () => patch(await begin(3), 0, Buffer.from('1234')), 413, 'upload.too_large'],
    ['to what is not there', () => patch(newId<'upload'>(), 0, Buffer.from('1')), 404, 'upload.unknown'],
    ['to what is no id', () => patch('x', 0, Buffer.from('1')), 404, 'upload.unknown'],
    [
      'to another one’s upload',
      async () => patch(await begin(10), 0, Buffer.from('1'), { 'x-owner': newId<'system'>() }),
      404,
      'upload.unknown',
    ],
  ])('%s', async (_what, request, status, code) => {
    const answer = await request();
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
  });

  test('to be read before it is whole', async () => {
    await expect(read(await begin(3))).rejects.toMatchObject({ code: 'upload.unfinished' });
  });

  test('when there are too many', async () => {
    const greedy = newId<'system'>();
    const wanted = { ownerId: greedy, sizeBytes: 1, fileName: null };
    for (let count = 0; count < maxUploads; count++) await beginUpload(platform, wanted);
    await expect(beginUpload(platform, wanted)).rejects.toMatchObject({ code: 'upload.too_many' });
    expect(refusalEntry('upload.too_many').kind).toBe('too_many');
  });
});

test('given up, or left alone for a day, it leaves nothing', async () => {
  const given = await begin(100_000);
  await patch(given, 0, randomBytes(70_000));
  expect((await fetch(`${url}/${given}`, { method: 'DELETE', headers })).status).toBe(204);
  expect((await fetch(`${url}/${given}`, { method: 'HEAD', headers })).status).toBe(404);

  const left = await begin(100_000);
  await patch(left, 0, randomBytes(70_000));
  await patch(left, 70_000, randomBytes(100));
  const { rows: parts } = await owner.query('select blob_id from upload.part where upload_id = $1', [left]);
  const ids = parts.map(({ blob_id }: { blob_id: BlobId }) => blob_id);
  const findReferenced = () => inTransaction(platform.database.app, {}, (tx) => findUploadedBlobs(tx, ids));
  expect((await findReferenced()).size).toBe(2);
  await owner.query(`update upload.upload set expires_at = now() - interval '1 second' where id = $1`, [
    left,
  ]);
  expect((await patch(left, 70_100, Buffer.from('x'))).status).toBe(404);
  expect(await sweepUploads(platform, AbortSignal.timeout(10_000))).toBe(1);
  expect((await findReferenced()).size).toBe(0);
  const { rows } = await owner.query('select from blob.small where id = any ($1)', [ids]);
  expect(rows).toEqual([]);
});

test('what the server can do is told to everybody', async () => {
  const answer = await fetch(url, { method: 'OPTIONS' });
  expect([answer.status, answer.headers.get('tus-version'), answer.headers.get('tus-extension')]).toEqual([
    204,
    '1.0.0',
    'creation,termination,checksum,expiration',
  ]);
});
