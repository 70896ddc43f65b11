import { expect, test } from 'vitest';
import { answerOperator } from '../testing/answer-operator.ts';
import { runTyped } from '../testing/run-typed.ts';

const cultureDay = {
  day: '2026-11-24',
  kind: 'rest',
  name: 'Ngày Văn hóa Việt Nam',
  source: 'Nghị quyết 28/2026/QH16',
  isProvisional: false,
};

test('the list of a year shows each day with the announcement that says so', async () => {
  await using operator = await answerOperator({ version: 3, days: [cultureDay] });
  const { exitCode, stdout } = await runTyped(['calendar', 'list', '--year', '2026'], operator);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('24/11/2026');
  expect(stdout).toContain('Nghị quyết 28/2026/QH16');
  expect(operator.asked[0]!.url).toBe('/api/directory/calendar-days?year=2026');
});

test('a swapped Saturday is declared as worked', async () => {
  await using operator = await answerOperator({ ...cultureDay, day: '2026-08-22', kind: 'work' });
  const typed = [
    'calendar',
    'declare',
    '2026-08-22',
    '--worked',
    '--name',
    'Làm bù',
    '--source',
    'Thông báo',
  ];
  const { exitCode, stdout } = await runTyped(typed, operator);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('22/08/2026 · làm bù')]);
  expect(JSON.parse(operator.asked[0]!.body)).toMatchObject({ day: '2026-08-22', kind: 'work' });
});

test('a day that does not exist, or one without its source, is told before anything is asked', async () => {
  await using operator = await answerOperator(cultureDay);
  const wrongDay = await runTyped(
    ['calendar', 'declare', '2026-02-30', '--name', 'x', '--source', 'y'],
    operator,
  );
  expect([wrongDay.exitCode, wrongDay.stderr]).toEqual([2, expect.stringContaining('2026-02-30')]);
  const noSource = await runTyped(['calendar', 'declare', '2026-11-24', '--name', 'x'], operator);
  expect([noSource.exitCode, noSource.stderr]).toEqual([2, expect.stringContaining('--source')]);
  expect(operator.asked).toEqual([]);
});
