import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from 'pg';
import { addOrganisation } from './add-organisation.ts';
import { addSystem } from './add-system.ts';
import { assignOrganisation, withdrawOrganisation } from './assign-organisation.ts';
import { addOperator, authenticateOperator } from './authenticate-operator.ts';
import { changeSystem } from './change-system.ts';
import { getOrganisation } from './find-organisations.ts';
import { findSystem } from './find-system.ts';
import { readSystem } from './get-system.ts';
import { forgetSystems } from './remembered-systems.ts';
import { rotateCredential } from './rotate-credential.ts';
import { resumeSystem, suspendSystem } from './suspend-system.ts';
import { watchDirectory } from './watch-directory.ts';
import { axisOrganisation } from './index.ts';
import { inTransaction } from '#foundation/db';
import type { OrganisationId, SystemId } from '#foundation/ids';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
let owner: Client;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  owner = new Client({ connectionString: platform.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await platform.drop();
});

let number = 0;
const connect = async (more: { secret?: string } = {}) => {
  const externalId = `vxp.test.${++number}`;
  const { system, credential } = await addSystem(platform, { externalId, name: 'Thử', ...more }, operator);
  return { externalId, systemId: system.id, ...credential };
};
const secretsOf = async (externalId: string) =>
  (await findSystem(platform, externalId))!.credentials.vxp.map(({ secret }) => secret);

test('a system brings its secret along, and it is stored sealed', async () => {
  const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAxMjM=';
  const { externalId } = await connect({ secret });
  expect(await secretsOf(externalId)).toEqual([secret]);
  const { rows } = await owner.query<{ secret_sealed: Buffer }>(
    'select secret_sealed from directory.credential',
  );
  expect(rows.some(({ secret_sealed }) => secret_sealed.includes(secret))).toBe(false);
});

test('two secrets are valid at once; a third retires the oldest', async () => {
  const { externalId, secret: first } = await connect();
  const { secret: second } = await rotateCredential(platform, { system: externalId }, operator);
  expect(await secretsOf(externalId)).toEqual([second, first]);
  const { secret: third } = await rotateCredential(platform, { system: externalId }, operator);
  expect(await secretsOf(externalId)).toEqual([third, second]);
});

test('a rotation repeated under its key gives the same secret and retires nothing', async () => {
  const { externalId, secret: first } = await connect();
  const rotate = () => rotateCredential(platform, { system: externalId, requestKey: 'one' }, operator);
  const issued = await rotate();
  expect(await rotate()).toEqual(issued);
  expect(await secretsOf(externalId)).toEqual([issued.secret, first]);
});

test('rotations at the same moment leave two valid secrets', async () => {
  const { externalId } = await connect();
  await Promise.all(
    Array.from({ length: 5 }, () => rotateCredential(platform, { system: externalId }, operator)),
  );
  expect(await secretsOf(externalId)).toHaveLength(2);
});

test('systems that take an organisation at the same moment: one receives in the end', async () => {
  const { id } = await getOrganisation(platform, 'H37.02');
  const systems = await Promise.all(Array.from({ length: 4 }, () => connect()));
  const takes = [...systems, ...systems].map(({ externalId }) =>
    assignOrganisation(platform, { system: externalId, code: 'H37.02', receives: true }, operator),
  );
  await Promise.all(takes);
  const found = await Promise.all(systems.map(({ externalId }) => findSystem(platform, externalId)));
  expect(found.filter((system) => system!.receivesFor.includes(id))).toHaveLength(1);
  expect(found.every((system) => system!.speaksFor.includes(id))).toBe(true);
});

test('one system receives for an organisation at a time, and the mailbox moves with it', async () => {
  const { id } = await getOrganisation(platform, 'G12');
  const [first, second] = [await connect(), await connect()];
  for (const { externalId } of [first, second]) {
    await assignOrganisation(platform, { system: externalId, code: 'G12', receives: true }, operator);
  }
  expect((await findSystem(platform, first.externalId))!.receivesFor).toEqual([]);
  expect((await findSystem(platform, first.externalId))!.speaksFor).toEqual([id]);
  expect((await findSystem(platform, second.externalId))!.receivesFor).toEqual([id]);

  const back = { system: first.externalId, code: '000.00.00.G12', receives: true };
  await assignOrganisation(platform, back, operator);
  expect((await findSystem(platform, first.externalId))!.receivesFor).toEqual([id]);
  expect((await findSystem(platform, second.externalId))!.receivesFor).toEqual([]);
  expect((await readSystem(platform, { system: first.systemId, limit: 10 })).organisations).toMatchObject([
    { code: 'G12', receives: true },
  ]);
});

test('the database refuses a second receiving system by itself', async () => {
  const insert = (systemId: SystemId, organisationId: OrganisationId) =>
    owner.query(
      'insert into directory.receiving_system (organisation_id, system_id, valid_from) values ($1, $2, now())',
      [organisationId, systemId],
    );
  const { id } = await getOrganisation(platform, 'G12.18');
  await insert((await connect()).systemId, id);
  await expect(insert((await connect()).systemId, id)).rejects.toThrow('receiving_system_current');
});

test('a system that does not speak for an organisation cannot be withdrawn from it', async () => {
  const { externalId } = await connect();
  const request = { system: externalId, code: 'H37' };
  await expect(withdrawOrganisation(platform, request, operator)).rejects.toMatchObject({
    code: 'directory.not_represented',
  });
});

test('a withdrawn system neither speaks nor receives; given back, it does again', async () => {
  const { externalId } = await connect();
  const request = { system: externalId, code: 'H37' };
  for (let round = 0; round < 2; round++) {
    await assignOrganisation(platform, { ...request, receives: true }, operator);
    expect((await findSystem(platform, externalId))!.receivesFor).toHaveLength(1);
    await withdrawOrganisation(platform, request, operator);
    expect(await findSystem(platform, externalId)).toMatchObject({ speaksFor: [], receivesFor: [] });
  }
});

test('a suspension holds at once, also in a process that had remembered the system', async () => {
  const { externalId } = await connect();
  const watch = watchDirectory(platform.database);
  expect((await findSystem(platform, externalId))!.state).toBe('active');
  // By another process: this one is only told by the database.
  await owner.query(`update directory.connected_system set state = 'suspended' where external_id = $1`, [
    externalId,
  ]);
  await expect
    .poll(async () => (await findSystem(platform, externalId))!.state, { timeout: 1_500 })
    .toBe('suspended');
  await watch.close();
});

test('what is not told is forgotten after two seconds', async () => {
  const { externalId } = await connect();
  expect((await findSystem(platform, externalId))!.name).toBe('Thử');
  await owner.query(`update directory.connected_system set name = 'Khác' where external_id = $1`, [
    externalId,
  ]);
  expect((await findSystem(platform, externalId))!.name).toBe('Thử');
  await expect
    .poll(async () => (await findSystem(platform, externalId))!.name, { timeout: 4_000 })
    .toBe('Khác');
});

test('an answer still being read when a change comes is not remembered', async () => {
  const { externalId } = await connect();
  forgetSystems(platform.database);
  const early = findSystem(platform, externalId);
  await suspendSystem(platform, { system: externalId, reason: 'Sự cố' }, operator);
  await early;
  expect((await findSystem(platform, externalId))!.state).toBe('suspended');
  expect(await resumeSystem(platform, { system: externalId }, operator)).toMatchObject({ state: 'active' });
});

test('nobody has the id of an unknown system', async () => {
  expect(await findSystem(platform, 'nobody')).toBeUndefined();
  await expect(suspendSystem(platform, { system: 'nobody' }, operator)).rejects.toMatchObject({
    code: 'directory.system_unknown',
  });
});

test('what happens to a system is told in the history of the axis, without names in the payload', async () => {
  const { externalId, systemId } = await connect();
  await changeSystem(
    platform,
    { system: externalId, name: 'Hệ thống bí danh', normalisesOutgoing: true },
    operator,
  );
  await suspendSystem(platform, { system: externalId, reason: 'Sự cố' }, operator);
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  const facts = await readFacts(platform, axis.organisationId, systemId);
  expect(facts.map(({ kind }) => kind)).toEqual([
    'directory.system_added',
    'directory.system_changed',
    'directory.system_suspended',
  ]);
  expect(facts.map(({ payload }) => payload.toString()).join('')).not.toMatch(/bí danh|Sự cố/);
});

test.each([
  [{ externalId: 'có dấu' }, 'system_id_malformed'],
  [{ externalId: 'a b' }, 'system_id_malformed'],
  [{ externalId: 'x', secret: 'short' }, 'secret_too_weak'],
  [{ externalId: 'x', parentCode: 'X99' }, 'organisation_unknown'],
])('a new system %j is refused as %s', async (request, reason) => {
  await expect(addSystem(platform, { name: 'Thử', ...request }, operator)).rejects.toMatchObject({
    code: `directory.${reason}`,
  });
});

test('an operator is known by id and secret; the refusal does not tell which was wrong', async () => {
  const secret = randomBytes(32).toString('base64url');
  await addOperator(platform, { id: 'van-hanh', secret });
  expect(await authenticateOperator(platform, { id: 'van-hanh', secret })).toEqual({
    method: 'operator',
    credential: 'van-hanh',
  });
  const wrong = [
    { id: 'van-hanh', secret: `${secret}x` },
    { id: 'ai-do', secret },
    { id: 'van-hanh', secret: '' },
  ];
  for (const presented of wrong) {
    await expect(authenticateOperator(platform, presented)).rejects.toMatchObject({
      code: 'directory.operator_unauthenticated',
      parameters: {},
    });
  }
  await expect(addOperator(platform, { id: 'van-hanh', secret })).rejects.toMatchObject({
    code: 'directory.operator_exists',
  });
});

test('a system is connected only once the axis has its own organisation', async () => {
  const empty = await createTestPlatform();
  await addOrganisation(empty, { code: 'G12', name: 'Bộ' }, operator);
  await expect(addSystem(empty, { externalId: 'x', name: 'Thử' }, operator)).rejects.toMatchObject({
    code: 'directory.axis_missing',
  });
  await empty.drop();
});
