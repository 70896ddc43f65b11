import { expect, test } from 'vitest';
import { NotReady } from '#foundation/http';
import { describeLog } from './describe-log.ts';

const status = { size: 12, waiting: 3, pending: 1, checkpointSize: 9, checkpointAgeSeconds: 1 };

test('a log that stands still leaves the server ready, and says so', () => {
  expect(describeLog(status, undefined)).toBe('12 entries, 3 waiting, checkpoint at 9');
  expect(describeLog(status, { code: 'unavailable' })).toContain(', unavailable');
});

test('a database that is not the one whose log was signed does not', () => {
  expect(() => describeLog(status, { code: 'evidence.fork' })).toThrow(new NotReady('evidence.fork'));
});
