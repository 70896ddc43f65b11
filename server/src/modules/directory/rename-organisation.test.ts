import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganisation } from './add-organisation.ts';
import { endOrganisation } from './end-organisation.ts';
import { getOrganisation, organisationNameOn } from './find-organisations.ts';
import { renameOrganisation } from './rename-organisation.ts';
import { vietnamDate } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { Client } from 'pg';

let platform: TestPlatform;
const today = vietnamDate(Temporal.Now.instant());
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  // As if the organisations had been added two years ago.
  const owner = new Client({ connectionString: platform.ownerUrl });
  await owner.connect();
  await owner.query('update directory.organisation_name set valid_from = $1', [
    today.subtract({ years: 2 }).toString(),
  ]);
  await owner.end();
});
afterAll(() => platform.drop());

test('last year’s document shows last year’s name', async () => {
  const on = today.subtract({ months: 6 });
  const { organisation } = await renameOrganisation(
    platform,
    { code: 'H37.02', name: 'Sở Khoa học, Công nghệ và Chuyển đổi số', on },
    operator,
  );
  const nameOn = (date: Temporal.PlainDate) =>
    inTransaction(platform.database.app, {}, (tx) => organisationNameOn(tx, organisation.id, date));
  expect(await nameOn(today.subtract({ years: 1 }))).toBe('Sở Khoa học và Công nghệ');
  expect(await nameOn(on.subtract({ days: 1 }))).toBe('Sở Khoa học và Công nghệ');
  expect(await nameOn(on)).toBe('Sở Khoa học, Công nghệ và Chuyển đổi số');
  const { names } = await getOrganisation(platform, 'H37.02');
  expect(names.map(({ validTo }) => validTo?.toString() ?? null)).toEqual([on.toString(), null]);
  const facts = await readFacts(platform, organisation.id);
  expect(facts.map(({ kind }) => kind)).toEqual([
    'directory.organisation_added',
    'directory.organisation_renamed',
  ]);
});

test('a second name on one day takes the place of the first, and the same name again changes nothing', async () => {
  for (const name of ['Một', 'Hai']) await renameOrganisation(platform, { code: 'H37', name }, operator);
  expect(await renameOrganisation(platform, { code: 'H37', name: 'Hai' }, operator)).toMatchObject({
    renamed: false,
  });
  const { names } = await getOrganisation(platform, 'H37');
  expect(names.map(({ name }) => name)).toEqual(['Ủy ban nhân dân tỉnh Lạng Sơn', 'Hai']);
});

test('a name of the future, of before the last change, of nobody or of an ended organisation is refused', async () => {
  const rename = (code: string, on?: Temporal.PlainDate) =>
    renameOrganisation(platform, { code, name: 'Mới', on }, operator);
  await expect(rename('G12', today.add({ days: 2 }))).rejects.toMatchObject({
    code: 'directory.date_in_future',
  });
  await expect(rename('G12', today.subtract({ years: 3 }))).rejects.toMatchObject({
    code: 'directory.date_before_last_change',
  });
  await expect(rename('X99')).rejects.toMatchObject({ code: 'directory.organisation_unknown' });
  await addOrganisation(platform, { code: 'K01', name: 'Hội' }, operator);
  await endOrganisation(platform, { hasWaitingMail: async () => false }, { code: 'K01' }, operator);
  await expect(rename('K01')).rejects.toMatchObject({ code: 'directory.organisation_ended' });
});
