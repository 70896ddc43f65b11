import { expect, test } from 'vitest';
import { dueTimes, secondsOfDay } from './working-day.ts';

test('a day sends every document once, in order, and its busiest hour is as busy as asked', () => {
  const seconds = secondsOfDay(1_000, 50);
  const times = dueTimes(1_000, seconds);
  expect(times).toHaveLength(1_000);
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
  const perHour = Array.from(
    { length: 11 },
    (_, hour) => times.filter((time) => Math.floor((time / seconds) * 11) === hour).length,
  );
  expect(Math.max(...perHour) / (seconds / 11)).toBeCloseTo(50, -1);
  expect(times.at(-1)).toBeLessThan(seconds);
});
