import { expect, test } from 'vitest';
import { createTokenBuckets } from './token-buckets.ts';

const limits = { ratePerSecond: 2, burst: 3 };
const single = { ratePerSecond: 2, burst: 1 };
const callersMax = 2;

test('a caller may use its burst, then as much as flows in, and hears how long to wait', () => {
  const buckets = createTokenBuckets(callersMax);
  for (let call = 0; call < 3; call++) expect(buckets.take('a', limits, 0).ok).toBe(true);
  expect(buckets.take('a', limits, 0)).toEqual({ ok: false, retryAfterSeconds: 1 });
  expect(buckets.take('b', limits, 0).ok).toBe(true);
  expect(buckets.take('a', limits, 500).ok).toBe(true);
  expect(buckets.take('a', limits, 500).ok).toBe(false);
});

test('a clock that steps back gives nothing', () => {
  const buckets = createTokenBuckets(callersMax);
  expect(buckets.take('a', single, 1_000).ok).toBe(true);
  expect(buckets.take('a', single, 0).ok).toBe(false);
});

test('only so many callers are remembered: the one quiet longest is forgotten', () => {
  const buckets = createTokenBuckets(callersMax);
  for (const caller of ['a', 'b', 'c']) buckets.take(caller, single, 0);
  expect(buckets.take('c', single, 0).ok).toBe(false);
  expect(buckets.take('a', single, 0).ok).toBe(true);
});
