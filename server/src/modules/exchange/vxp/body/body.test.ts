import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { isAnnouncedDigest } from '../announced-digest.ts';
import { unpaddedHex } from '../client.ts';
import { base64Answer, base64AnswerBytes } from './base64-answer.ts';
import { readFilePart } from './read-file-part.ts';

async function* inChunks(bytes: Buffer, sizeBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );
}

const boundary = 'ranh-gioi';
const contentType = `multipart/form-data; boundary="${boundary}"`;

function form(...parts: { name: string; content: Uint8Array | string }[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, content }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; filename="a.edxml"; name="${name}"\r\nContent-Type: text/xml\r\n\r\n`,
      ),
      Buffer.from(content as Uint8Array),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

describe('the file of a multipart form', () => {
  test('comes out byte for byte, however the network cuts the body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 1, max: 40 }), async (content, sizeBytes) => {
        const almost = Buffer.concat([content, Buffer.from(`\r\n--${boundary.slice(0, 5)}\r\n--`), content]);
        const body = form(
          { name: 'messagetype', content: 'edoc' },
          { name: 'file_doc', content: almost },
          { name: 'note', content: 'x' },
        );
        expect(await collect(readFilePart(inChunks(body, sizeBytes), contentType))).toEqual(almost);
      }),
    );
  });

  test.each([
    ['without the part', form({ name: 'other', content: 'x' }), contentType],
    [
      'with the part twice',
      form({ name: 'file_doc', content: 'a' }, { name: 'file_doc', content: 'b' }),
      contentType,
    ],
    ['cut before its end', form({ name: 'file_doc', content: 'a' }).subarray(0, -12), contentType],
    ['without boundary', form({ name: 'file_doc', content: 'a' }), 'multipart/form-data'],
    ['that is empty', Buffer.alloc(0), contentType],
    ['with endless preamble', Buffer.alloc(200_000, 'x'), contentType],
    [
      'with too many parts',
      form(...Array.from({ length: 30 }, () => ({ name: 'x', content: 'y' })), {
        name: 'file_doc',
        content: 'a',
      }),
      contentType,
    ],
  ])('is refused in a body %s', async (_, body, type) => {
    expect(await refusalOf(collect(readFilePart(inChunks(body, 1_000), type)))).toBe('vxp.multipart_invalid');
  });
});

test('the answer of getEdoc is JSON with the whole package in base64 and of the length that was announced', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), async (chunks) => {
      const content = Buffer.concat(chunks);
      const stream = (async function* () {
        for (const chunk of chunks) yield Buffer.from(chunk);
      })();
      const answer = await collect(base64Answer(stream));
      expect(answer.length).toBe(base64AnswerBytes(content.length));
      const parsed = JSON.parse(answer.toString()) as Record<string, string>;
      expect(parsed).toEqual({
        status: 'OK',
        ErrorCode: '0',
        ErrorDesc: '',
        data: content.toString('base64'),
      });
    }),
  );
});

test('the announced digest may be proper hex or the form that the SDK prints, and nothing else', () => {
  const digest = Buffer.from('380605'.padEnd(64, '0a'), 'hex');
  expect(isAnnouncedDigest(digest.toString('hex'), digest)).toBe(true);
  expect(isAnnouncedDigest(digest.toString('hex').toUpperCase(), digest)).toBe(true);
  expect(isAnnouncedDigest(unpaddedHex(digest), digest)).toBe(true);
  expect(isAnnouncedDigest(unpaddedHex(digest).slice(0, -1), digest)).toBe(false);
  expect(isAnnouncedDigest('', digest)).toBe(false);
});
