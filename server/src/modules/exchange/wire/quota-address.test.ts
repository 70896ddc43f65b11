import { expect, test } from 'vitest';
import { quotaAddress } from './quota-address.ts';

test('an IPv6 address counts by its network', () => {
  expect(quotaAddress('10.0.0.7')).toBe('10.0.0.7');
  expect(quotaAddress('::ffff:10.0.0.7')).toBe('::ffff:10.0.0.7');
  expect(quotaAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(quotaAddress('2001:db8::5:6')).toBe('2001:db8:0:0');
  expect(quotaAddress('::1')).toBe('0:0:0:0');
});
