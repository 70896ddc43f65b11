import { afterEach, beforeEach, expect, test } from 'vitest';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { createBucket } from './bucket.ts';
import { readXml } from './read-xml.ts';
import type { S3Server } from '../../../test/support/s3-server.ts';
import type { Bucket } from './bucket.ts';

let s3: S3Server;
let bucket: Bucket;

beforeEach(async () => {
  s3 = await startS3Server();
  bucket = createBucket(
    { ...s3.address, url: `${s3.address.url}/axis` },
    { firstPauseMillis: 5, idleMillis: 200 },
  );
});

afterEach(() => s3.stop());

test('a list of more than a page is read to its end, or to its limit', async () => {
  const keys = Array.from({ length: 2_300 }, (_, index) => `list/${String(index).padStart(4, '0')}`);
  for (const key of keys) s3.objects.set(`axis/${key}`, Buffer.from('x'));
  expect(await bucket.list('list/')).toEqual(keys);
  expect(await bucket.list('list/', { limit: 1_001 })).toEqual(keys.slice(0, 1_001));
  expect(s3.asked).toHaveLength(5);
});

test('it gives up after four attempts, says what was asked and why, and counts', async () => {
  s3.misbehave = () => ({ answer: 503, code: 'SlowDown' });
  await expect(bucket.put('key', Buffer.from('x'))).rejects.toThrow(
    'S3 answered 503 SlowDown: PUT /contents/axis/key',
  );
  expect(s3.asked).toHaveLength(4);
  expect(bucket.counts).toEqual({ repeated: 3, failed: 1 });
});

test('what will not pass by itself is not asked again', async () => {
  s3.misbehave = () => ({ answer: 403, code: 'AccessDenied' });
  await expect(bucket.put('key', Buffer.from('x'))).rejects.toMatchObject({
    status: 403,
    code: 'AccessDenied',
  });
  expect(s3.asked).toHaveLength(1);
});

test('a completion that began with 200 and failed is not taken for one', async () => {
  const upload = { key: 'key', uploadId: await bucket.beginUpload('key') };
  s3.misbehave = (what) => (what === 'POST axis/key' ? { answer: 200, code: 'InternalError' } : undefined);
  await expect(bucket.completeUpload(upload, [{ number: 1, etag: '"x"' }], 1)).rejects.toMatchObject({
    code: 'InternalError',
  });
});

test('no error of a bucket holds its credentials', async () => {
  s3.misbehave = () => ({ answer: 403, code: 'AccessDenied' });
  const error: unknown = await bucket.get('key').catch((caught: unknown) => caught);
  expect(JSON.stringify(error) + String(error)).not.toContain(s3.address.secretAccessKey);
});

test('an answer is read with its entities, whatever its namespace', () => {
  const texts = readXml(
    '<?xml version="1.0"?><List xmlns="urn:x"><Contents><Key>a&amp;b</Key></Contents><Contents><Key>c</Key></Contents></List>',
  );
  expect(texts('Contents/Key')).toEqual(['a&b', 'c']);
  expect(texts('Key')).toEqual([]);
});
