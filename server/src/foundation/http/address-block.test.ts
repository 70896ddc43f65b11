import { expect, test } from 'vitest';
import { createAttemptLimit } from './attempt-limit.ts';
import { blockOfAddress } from './address-block.ts';

test('an IPv6 address counts by its network', () => {
  expect(blockOfAddress('10.0.0.7')).toBe('10.0.0.7');
  expect(blockOfAddress('::ffff:10.0.0.7')).toBe('::ffff:10.0.0.7');
  expect(blockOfAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(blockOfAddress('2001:db8::5:6')).toBe('2001:db8:0:0');
  expect(blockOfAddress('::1')).toBe('0:0:0:0');
});

test('who guesses from many addresses of one network is slowed down as from one', () => {
  const limit = createAttemptLimit({ failures: 3, withinSeconds: 10, addresses: 100, now: () => 0 });
  for (const host of ['1', '2', '3']) {
    limit.check(`2001:db8:1:2::${host}`);
    limit.failed(`2001:db8:1:2::${host}`);
  }
  expect(() => limit.check('2001:db8:1:2::4')).toThrow(/too_many_attempts/);
  expect(() => limit.check('2001:db8:1:3::4')).not.toThrow();
});
