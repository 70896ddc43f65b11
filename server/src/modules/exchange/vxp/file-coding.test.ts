import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAnnouncedDigest } from './announced-digest.ts';
import { base64Answer, base64AnswerBytes } from './base64-answer.ts';
import { unpaddedHex } from './client.ts';

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

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
