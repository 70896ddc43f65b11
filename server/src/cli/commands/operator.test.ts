import { expect, test } from 'vitest';
import { answerOperator } from '../testing/answer-operator.ts';
import { runTyped } from '../testing/run-typed.ts';

const operator = {
  id: 'quan-tri',
  createdAt: '2026-11-21T08:00:00.000Z',
  rotatedAt: '2026-11-22T08:00:00.000Z',
  hasFormerSecret: true,
  retiredAt: null,
};

test('a rotation prints the secret that it sent, and what is to be done before the former one ends', async () => {
  await using server = await answerOperator(operator);
  const { exitCode, stdout } = await runTyped(['operator', 'rotate'], server);
  expect(exitCode).toBe(0);
  const [{ method, url, body }] = server.asked as [(typeof server.asked)[number]];
  expect([method, url]).toEqual(['POST', '/api/directory/operator/secrets']);
  const { secret } = JSON.parse(body) as { secret: string };
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(stdout).toContain(`LIENTHONG_OPERATOR_SECRET=${secret}`);
  expect(stdout).toContain('operator end-former');
});

test('the list tells whose former secret still opens, and who is retired', async () => {
  const retired = { ...operator, id: 'nghi-viec', hasFormerSecret: false, retiredAt: operator.rotatedAt };
  await using server = await answerOperator({ operators: [operator, retired] });
  const { stdout } = await runTyped(['operator', 'list'], server);
  expect(stdout).toMatch(/quan-tri.*khóa cũ còn hiệu lực/);
  expect(stdout).toMatch(/nghi-viec.*hết quyền/);
});

test.each([
  [['operator', 'end-former'], 'DELETE /api/directory/operator/secrets/former'],
  [['operator', 'retire', 'a/b'], 'POST /api/directory/operators/a%2Fb/retirement'],
])('%j asks for what it says', async (typed, asked) => {
  await using server = await answerOperator(operator);
  const { exitCode } = await runTyped(typed, server);
  expect(exitCode).toBe(0);
  expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([asked]);
});
