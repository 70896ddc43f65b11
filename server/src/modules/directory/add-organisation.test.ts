import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganisation } from './add-organisation.ts';
import { getOrganisation } from './find-organisations.ts';
import { resolveCodes } from './resolve-codes.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

test('an organisation that the operator adds is found by both of its codes', async () => {
  const { organisation } = await addOrganisation(
    platform,
    { code: 'G09', oldCode: '000.00.00.G09', name: 'Bộ  Nội vụ ', email: 'vanthu@example.vn' },
    operator,
  );
  expect(organisation).toMatchObject({
    name: 'Bộ Nội vụ',
    level: 1,
    state: 'active',
    email: 'vanthu@example.vn',
  });
  const resolved = await inTransaction(platform.database.ingest, {}, (tx) =>
    resolveCodes(tx, ['000.00.00.G09', ' G09 ', 'G99']),
  );
  expect([...resolved.keys()]).toEqual(['000.00.00.G09', ' G09 ']);
  expect(resolved.get(' G09 ')).toEqual({
    organisationId: organisation.id,
    code: 'G09',
    oldCode: '000.00.00.G09',
    name: 'Bộ Nội vụ',
    state: 'active',
    successorCode: null,
    hasReceivingSystem: false,
  });
});

test('adding leaves one entry, whose payload has the codes and not the name', async () => {
  const { organisation } = await addOrganisation(platform, { code: 'G10', name: 'Bộ Nông nghiệp' }, operator);
  const [entry, ...others] = await readFacts(platform, organisation.id);
  expect(others).toEqual([]);
  expect(entry!.kind).toBe('directory.organisation_added');
  expect(entry!.payload.toString()).not.toContain('Nông nghiệp');
  expect(entry!.detail!.toString()).toContain('Bộ Nông nghiệp');
});

test('the same organisation again is answered as it is', async () => {
  const request = { code: 'G11', name: 'Bộ Quốc phòng' };
  const first = await addOrganisation(platform, request, operator);
  const again = await addOrganisation(platform, request, operator);
  expect(first.added).toBe(true);
  expect(again).toEqual({ organisation: first.organisation, added: false });
});

test('a child stands one level below its parent', async () => {
  const { organisation } = await addOrganisation(
    platform,
    { code: 'G12.18.05', name: 'Cục Thuế tỉnh', parentCode: '000.00.18.G12' },
    operator,
  );
  expect(organisation).toMatchObject({ level: 3, parentCode: 'G12.18' });
});

test.each([
  [{ code: 'G12', name: 'Khác' }, 'directory.code_taken'],
  [{ code: 'G77', oldCode: '000.00.00.G12', name: 'Khác' }, 'directory.code_taken'],
  [{ code: 'G12.', name: 'Khác' }, 'directory.code_malformed'],
  [{ code: 'G77', name: ' ' }, 'directory.name_invalid'],
  [{ code: 'G77', name: 'Hai\ndòng' }, 'directory.name_invalid'],
  [{ code: 'G77', name: 'Khác', level: 5 }, 'directory.level_invalid'],
  [{ code: 'G77', name: 'Khác', parentCode: 'G98' }, 'directory.parent_unknown'],
  [{ code: 'G77', name: 'Khác', parentCode: 'G12', level: 1 }, 'directory.level_not_below_parent'],
  [{ code: 'G77', name: 'Khác', kind: 'axis' as const }, 'directory.axis_exists'],
])('%j is refused as %s', async (request, code) => {
  await expect(addOrganisation(platform, request, operator)).rejects.toMatchObject({ code });
});

test('two who add one code at the same moment: one is refused, nothing is half there', async () => {
  const outcomes = await Promise.allSettled(
    ['Một', 'Hai'].map((name) => addOrganisation(platform, { code: 'G88', name }, operator)),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(refused).toMatchObject({ reason: { code: 'directory.code_taken' } });
  expect((await getOrganisation(platform, 'G88')).names).toHaveLength(1);
});
