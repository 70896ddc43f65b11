import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSystem } from './add-system.ts';
import { findSystem } from './find-system.ts';
import { readQuota, setQuota } from './set-quota.ts';
import { defaultQuota } from './system-quota.ts';
import { axisOrganisation } from './index.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

let number = 0;
const connect = async () => {
  const externalId = `quota.${++number}`;
  const { system } = await addSystem(platform, { externalId, name: 'Thử' }, operator);
  return { externalId, systemId: system.id };
};
const quotaOf = async (externalId: string) => (await findSystem(platform, externalId))!.quota;

test('a system has the bounds of the code until an operator sets others, which hold at once', async () => {
  const { externalId: system } = await connect();
  expect(await quotaOf(system)).toEqual(defaultQuota);
  await setQuota(platform, { system, quota: { messagesPerMinute: 60, uploads: 4 } }, operator);
  expect(await quotaOf(system)).toEqual({ ...defaultQuota, messagesPerMinute: 60, uploads: 4 });
  await setQuota(platform, { system, quota: { messagesPerMinute: null } }, operator);
  expect(await readQuota(platform, system)).toEqual({
    effective: { ...defaultQuota, uploads: 4 },
    override: { requestsPerSecond: null, messagesPerMinute: null, uploads: 4, uploadBytes: null },
  });
});

test('a change of a quota is one entry with what was before; repeating it is none', async () => {
  const { externalId: system, systemId } = await connect();
  for (let round = 0; round < 2; round++)
    await setQuota(platform, { system, quota: { uploads: 4 } }, operator);
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  const facts = await readFacts(platform, axis.organisationId, systemId);
  expect(facts.map(({ kind }) => kind)).toEqual(['directory.system_added', 'directory.system_quota_set']);
  expect(JSON.parse(facts[1]!.payload.toString())).toMatchObject({
    claims: { quota: { uploads: 4 }, formerQuota: { uploads: null } },
  });
});

test.each([
  { uploads: 0 },
  { uploads: 1.5 },
  { requestsPerSecond: -1 },
  { uploadBytes: 1 },
  { messagesPerMinute: 1e12 },
])('the quota %j is refused', async (quota) => {
  const { externalId: system } = await connect();
  await expect(setQuota(platform, { system, quota }, operator)).rejects.toMatchObject({
    code: 'directory.quota_out_of_range',
  });
  await expect(setQuota(platform, { system: 'nobody', quota: {} }, operator)).rejects.toMatchObject({
    code: 'directory.system_unknown',
  });
});
