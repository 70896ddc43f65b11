import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganisation } from './add-organisation.ts';
import { endOrganisation } from './end-organisation.ts';
import { importOrganisations } from './import-organisations.ts';
import { searchOrganisations } from './search-organisations.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, nationalDirectory, operator } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  async function* file(): AsyncGenerator<Buffer> {
    yield Buffer.from(nationalDirectory(2_000));
  }
  await importOrganisations(platform, file(), operator);
});
afterAll(() => platform.drop());

const search = (query: string, limit = 20) =>
  inTransaction(platform.database.app, {}, (tx) => searchOrganisations(tx, { query, limit }));
const codes = async (query: string) => (await search(query)).map(({ code }) => code);

test('the exact code comes first, then codes that begin so; either form counts', async () => {
  expect((await codes('g12')).slice(0, 2)).toEqual(['G12', 'G12.18']);
  expect((await codes('000.00.18.G12'))[0]).toBe('G12.18');
});

test('a name is found without its accents, cut short, and in any order of words', async () => {
  expect((await codes('tong cuc thue'))[0]).toBe('G12.18');
  expect((await codes('TỔNG CỤC'))[0]).toBe('G12.18');
  expect(await codes('thuế tổng')).toContain('G12.18');
  expect((await codes('uy ban nhan dan tinh lang son'))[0]).toBe('H37');
});

test('names that begin with the words come before names that contain them', async () => {
  const found = await search('khoa học');
  expect(found.every(({ matchedBy }) => matchedBy === 'words')).toBe(true);
  await addOrganisation(platform, { code: 'I90', name: 'Khoa học xã hội' }, operator);
  expect((await search('khoa hoc'))[0]).toMatchObject({ code: 'I90', matchedBy: 'name_prefix' });
});

test('an ended organisation comes after the active ones', async () => {
  for (const code of ['I91', 'I92'])
    await addOrganisation(platform, { code, name: 'Thư viện Quốc gia' }, operator);
  await endOrganisation(platform, { hasWaitingMail: async () => false }, { code: 'I91' }, operator);
  expect(await codes('thu vien quoc gia')).toEqual(['I92', 'I91']);
});

test.each(['', '   ', '%', '_', '\\', "'", '%%%', '-', 'zzzzz khong co'])(
  '%j finds nothing and harms nothing',
  async (query) => {
    expect(await search(query)).toEqual([]);
  },
);

test('no answer is longer than asked for, nor than 100', async () => {
  expect(await search('uy ban', 3)).toHaveLength(3);
  expect(await search('uy ban', 5000)).toHaveLength(100);
});
