import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganisation } from './add-organisation.ts';
import { addSystem } from './add-system.ts';
import { assignOrganisation } from './assign-organisation.ts';
import { getOrganisation } from './find-organisations.ts';
import { findSystem } from './find-system.ts';
import { mergeOrganisations } from './merge-organisations.ts';
import { resolveCodes } from './resolve-codes.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  for (const code of ['H01', 'H02', 'H03'])
    await addOrganisation(platform, { code, name: `Tỉnh ${code}` }, operator);
  await addOrganisation(platform, { code: 'H01.05', name: 'Sở', parentCode: 'H01' }, operator);
});
afterAll(() => platform.drop());

const merge = (codes: string[], into: string) =>
  mergeOrganisations(platform, { codes, into, reason: 'Nghị quyết sáp nhập' }, operator);
const resolve = async (code: string) =>
  (await inTransaction(platform.database.app, {}, (tx) => resolveCodes(tx, [code]))).get(code);

test('provinces that merge end, name their successor, and keep the system that collects their mail', async () => {
  await addSystem(platform, { externalId: 'h01', name: 'Hệ thống H01' }, operator);
  await assignOrganisation(platform, { system: 'h01', code: 'H01', receives: true }, operator);
  const { id } = await getOrganisation(platform, 'H01');

  expect(await merge(['H01', 'H02', 'H01'], 'H03')).toMatchObject({ merged: 2, successor: { code: 'H03' } });

  expect(await resolve('H01')).toMatchObject({
    state: 'ended',
    successorCode: 'H03',
    hasReceivingSystem: true,
  });
  expect((await findSystem(platform, 'h01'))!.receivesFor).toEqual([id]);
  expect(await getOrganisation(platform, 'H01.05')).toMatchObject({ parentCode: 'H03', state: 'active' });
  expect((await readFacts(platform, id)).map(({ kind }) => kind)).toContain('directory.organisation_merged');
  expect(await merge(['H01', 'H02'], 'H03')).toMatchObject({ merged: 0 });
});

test('when the successor merges in turn, the first ones lead to the last', async () => {
  await addOrganisation(platform, { code: 'H04', name: 'Tỉnh H04' }, operator);
  await merge(['H03'], 'H04');
  expect(await resolve('H01')).toMatchObject({ successorCode: 'H04' });
  expect(await resolve('H03')).toMatchObject({ successorCode: 'H04' });
});

test.each([
  [['G12'], 'G12', 'merged_into_itself'],
  [['G12'], 'H01', 'organisation_ended'],
  [['H01'], 'G12', 'organisation_ended'],
  [['00.01.W00'], 'G12', 'axis_cannot_end'],
  [['G12'], 'G12.18', 'successor_below'],
  [['H37'], 'G12.18', 'level_not_below_parent'],
  [['X99'], 'G12', 'organisation_unknown'],
])('merging %j into %s is refused as %s', async (codes, into, reason) => {
  await expect(merge(codes, into)).rejects.toMatchObject({ code: `directory.${reason}` });
});
