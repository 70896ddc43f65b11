import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOperator, authenticateOperator } from '../authenticate-operator.ts';
import { axisOrganisation } from '../index.ts';
import { listOperators, retireOperator } from './retire-operator.ts';
import { endFormerOperatorSecret, rotateOperatorSecret } from './rotate-operator-secret.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator as by, readFacts } from '../../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

const newSecret = () => randomBytes(32).toString('base64url');
const opens = (id: string, secret: string) =>
  authenticateOperator(platform, { id, secret }).then(
    () => true,
    () => false,
  );
let number = 0;
async function hire() {
  const operator = { id: `quan-tri-${++number}`, secret: newSecret() };
  await addOperator(platform, operator);
  return operator;
}
async function factsOf(id: string): Promise<string[]> {
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  const facts = await readFacts(platform, axis.organisationId);
  return facts
    .filter(({ payload }) => payload.toString().includes(`"operator":"${id}"`))
    .map(({ kind }) => kind);
}

test('an operator’s secrets overlap until the end of the former one is said, each step one entry', async () => {
  const operator = await hire();
  const [second, third] = [newSecret(), newSecret()];
  const rotated = await rotateOperatorSecret(platform, { operator, secret: second });
  expect(rotated).toMatchObject({ id: operator.id, hasFormerSecret: true, retiredAt: null });
  expect([await opens(operator.id, operator.secret), await opens(operator.id, second)]).toEqual([true, true]);

  const withSecond = { id: operator.id, secret: second };
  await rotateOperatorSecret(platform, { operator: withSecond, secret: third });
  expect(await opens(operator.id, operator.secret)).toBe(false);
  expect(await opens(operator.id, second)).toBe(true);

  const withThird = { id: operator.id, secret: third };
  for (let round = 0; round < 2; round++)
    expect(await endFormerOperatorSecret(platform, withThird)).toMatchObject({ hasFormerSecret: false });
  expect([await opens(operator.id, second), await opens(operator.id, third)]).toEqual([false, true]);
  expect(await factsOf(operator.id)).toEqual([
    'directory.operator_secret_rotated',
    'directory.operator_secret_rotated',
    'directory.operator_secret_ended',
  ]);
});

test('a rotation whose answer was lost is repeated with the same secret, and is one', async () => {
  const operator = await hire();
  const secret = newSecret();
  const first = await rotateOperatorSecret(platform, { operator, secret });
  expect(await rotateOperatorSecret(platform, { operator, secret })).toEqual(first);
  expect(await opens(operator.id, operator.secret)).toBe(true);
  expect(await factsOf(operator.id)).toHaveLength(1);
});

test('the former secret neither rotates nor ends the overlap: its thief, or a hasty operator, is told so', async () => {
  const operator = await hire();
  const secret = newSecret();
  await rotateOperatorSecret(platform, { operator, secret });
  const refused = { code: 'directory.operator_secret_former' };
  await expect(rotateOperatorSecret(platform, { operator, secret: newSecret() })).rejects.toMatchObject(
    refused,
  );
  await expect(endFormerOperatorSecret(platform, operator)).rejects.toMatchObject(refused);
  expect(await opens(operator.id, secret)).toBe(true);
});

test('of two rotations at once one holds, and the other is refused', async () => {
  const operator = await hire();
  const secrets = [newSecret(), newSecret()];
  const outcomes = await Promise.allSettled(
    secrets.map((secret) => rotateOperatorSecret(platform, { operator, secret })),
  );
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const opening = await Promise.all([operator.secret, ...secrets].map((each) => opens(operator.id, each)));
  expect(opening).toEqual([true, ...outcomes.map(({ status }) => status === 'fulfilled')]);
});

test.each(['', 'mat-khau-cua-toi-2026', `${'a'.repeat(42)} `])(
  'what is no random secret (%j) is refused',
  async (secret) => {
    const operator = await hire();
    await expect(rotateOperatorSecret(platform, { operator, secret })).rejects.toMatchObject({
      code: 'directory.secret_not_random',
    });
  },
);

test('a retired operator is out with both of its secrets, stays in the list, and its id is not given again', async () => {
  const operator = await hire();
  const secret = newSecret();
  await rotateOperatorSecret(platform, { operator, secret });
  const retired = await retireOperator(platform, operator.id, by);
  expect(await retireOperator(platform, operator.id, by)).toEqual(retired);
  expect([await opens(operator.id, operator.secret), await opens(operator.id, secret)]).toEqual([
    false,
    false,
  ]);
  expect(await listOperators(platform, { limit: 1000 })).toContainEqual(retired);
  expect((await factsOf(operator.id)).at(-1)).toBe('directory.operator_retired');
  await expect(addOperator(platform, operator)).rejects.toMatchObject({ code: 'directory.operator_exists' });
  await expect(rotateOperatorSecret(platform, { operator, secret: newSecret() })).rejects.toMatchObject({
    code: 'directory.operator_unauthenticated',
  });
});

test('nobody retires itself, nor someone who is not there', async () => {
  const { id } = await hire();
  await expect(retireOperator(platform, id, { method: 'operator', credential: id })).rejects.toMatchObject({
    code: 'directory.operator_is_oneself',
  });
  await expect(retireOperator(platform, 'khong-co', by)).rejects.toMatchObject({
    code: 'directory.operator_unknown',
  });
});
