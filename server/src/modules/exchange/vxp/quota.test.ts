import { expect, test } from 'vitest';
import { createTokenBuckets, quotaAddress } from './quota.ts';

const limits = { ratePerSecond: 2, burst: 3, callersMax: 2 };

test('a caller may use its burst, then as much as flows in, and hears how long to wait', () => {
  const buckets = createTokenBuckets(limits);
  for (let call = 0; call < 3; call++) expect(buckets.take('a', 0).ok).toBe(true);
  expect(buckets.take('a', 0)).toEqual({ ok: false, retryAfterSeconds: 1 });
  expect(buckets.take('b', 0).ok).toBe(true);
  expect(buckets.take('a', 500).ok).toBe(true);
  expect(buckets.take('a', 500).ok).toBe(false);
});

test('a clock that steps back gives nothing', () => {
  const buckets = createTokenBuckets({ ...limits, burst: 1 });
  expect(buckets.take('a', 1_000).ok).toBe(true);
  expect(buckets.take('a', 0).ok).toBe(false);
});

test('only so many callers are remembered: the one quiet longest is forgotten', () => {
  const buckets = createTokenBuckets({ ...limits, burst: 1 });
  for (const caller of ['a', 'b', 'c']) buckets.take(caller, 0);
  expect(buckets.take('c', 0).ok).toBe(false);
  expect(buckets.take('a', 0).ok).toBe(true);
});

test('an IPv6 address counts by its network', () => {
  expect(quotaAddress('10.0.0.7')).toBe('10.0.0.7');
  expect(quotaAddress('::ffff:10.0.0.7')).toBe('::ffff:10.0.0.7');
  expect(quotaAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(quotaAddress('2001:db8::5:6')).toBe('2001:db8:0:0');
  expect(quotaAddress('::1')).toBe('0:0:0:0');
});
