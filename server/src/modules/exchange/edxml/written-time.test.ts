import { expect, test } from 'vitest';
import { readWrittenDate, readWrittenTime } from './written-time.ts';
import { Warnings } from './warnings.ts';

test.each([
  ['2026/11/02', '2026-11-02', []],
  ['02/11/2026', '2026-11-02', ['date_form']],
  ['2026-11-02', '2026-11-02', ['date_form']],
  ['2/11/2026', '2026-11-02', ['date_form']],
  ['2026/11/02 00:00:00', '2026-11-02', ['date_form']],
  ['2024/02/29', '2024-02-29', []],
  ['2014/02/30', undefined, ['date_invalid']],
  ['2026/13/01', undefined, ['date_invalid']],
  ['0000/00/00', undefined, ['date_invalid']],
  ['2026/11-02', undefined, ['date_invalid']],
  ['hôm qua', undefined, ['date_invalid']],
])('the day %s', (raw, day, codes) => {
  const warnings = new Warnings();
  const written = readWrittenDate(raw, 'DueDate', warnings);
  expect(written?.raw).toBe(raw);
  expect(written?.parsed?.toString()).toBe(day);
  expect(warnings.list().map(({ code }) => code)).toEqual(codes);
});

test.each([
  ['2026/11/02 08:15:00', '2026-11-02T01:15:00Z'],
  ['02/11/2026 08:15:00', '2026-11-02T01:15:00Z'],
  ['2026-11-02T08:15:00.123', '2026-11-02T01:15:00Z'],
  ['2026-11-02T01:15:00Z', '2026-11-02T01:15:00Z'],
  ['2026-11-02T08:15:00+0700', '2026-11-02T01:15:00Z'],
  ['2026-11-01T20:15:00-05:00', '2026-11-02T01:15:00Z'],
  ['2026/11/02 8:15', '2026-11-02T01:15:00Z'],
  ['2026/11/02', '2026-11-01T17:00:00Z'],
  ['2026/11/02 24:00:00', undefined],
  ['2026/11/02 08:15:60', undefined],
  ['2014/02/30 08:15:00', undefined],
  ['2026/11/02 08:15:00 CH', undefined],
])('the time %s', (raw, instant) => {
  const warnings = new Warnings();
  expect(readWrittenTime(raw, 'Timestamp', warnings)?.parsed?.toString()).toBe(instant);
  expect(warnings.list().some(({ code }) => code === 'date_invalid')).toBe(instant === undefined);
});

test('nothing written is no date', () => {
  const warnings = new Warnings();
  expect(readWrittenDate('', 'DueDate', warnings)).toBeNull();
  expect(warnings.list()).toEqual([]);
});
