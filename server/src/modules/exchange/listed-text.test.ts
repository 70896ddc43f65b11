import { expect, test } from 'vitest';
import { listedText, listedTextLimit } from './listed-text.ts';

test('a text of ordinary length is shown as it is, a longer one cut, and no character in half', () => {
  expect(listedText('V/v báo cáo')).toBe('V/v báo cáo');
  expect(listedText('ế'.repeat(listedTextLimit))).toBe('ế'.repeat(listedTextLimit));
  const cut = listedText('x'.repeat(listedTextLimit - 2) + '😀'.repeat(30_000));
  expect(cut).toHaveLength(listedTextLimit);
  expect(cut.endsWith('…')).toBe(true);
  expect(cut.isWellFormed()).toBe(true);
});
