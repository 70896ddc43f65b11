import { expect, test } from 'vitest';
import { answerOperator } from '../testing/answer-operator.ts';
import { runTyped } from '../testing/run-typed.ts';

const answer = {
  version: 2,
  ladders: [
    {
      priority: 0,
      rungs: [
        { clock: 'working', minutes: 120, act: 'remind_operator' },
        { clock: 'working', minutes: 1_440, act: 'remind_sender' },
        { clock: 'wall', minutes: 90, act: 'remind_sender' },
        { clock: 'wall', minutes: 20_160, act: 'return' },
      ],
    },
  ],
};

test('the ladders are shown as they are typed', async () => {
  await using operator = await answerOperator(answer);
  const { exitCode, stdout } = await runTyped(['ladder', 'list'], operator);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('2wh:operator 3wd:sender 90m:sender 14d:return');
  expect(operator.asked[0]!.url).toBe('/api/ladders');
});

test('another ladder is sent with its reason', async () => {
  await using operator = await answerOperator(answer);
  const typed = ['ladder', 'set', '3', '5m:operator', '1wd:sender', '14d:return', '--reason', 'Quy chế'];
  expect(await runTyped(typed, operator)).toMatchObject({ exitCode: 0 });
  expect(operator.asked[0]).toMatchObject({ method: 'PUT', url: '/api/ladders/3' });
  expect(JSON.parse(operator.asked[0]!.body)).toEqual({
    reason: 'Quy chế',
    rungs: [
      { clock: 'wall', minutes: 5, act: 'remind_operator' },
      { clock: 'working', minutes: 480, act: 'remind_sender' },
      { clock: 'wall', minutes: 20_160, act: 'return' },
    ],
  });
});

test.each([
  ['a rung that is none', ['3', '5x:operator', '--reason', 'x']],
  ['a priority that is none', ['5', '5m:operator', '--reason', 'x']],
  ['no reason', ['3', '5m:operator']],
])('%s is told before anything is asked', async (_, typed) => {
  await using operator = await answerOperator(answer);
  expect(await runTyped(['ladder', 'set', ...typed], operator)).toMatchObject({ exitCode: 2 });
  expect(operator.asked).toEqual([]);
});
