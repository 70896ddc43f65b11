import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOrganisation } from './end-organisation.ts';
import { getOrganisation, organisationNameOn } from './find-organisations.ts';
import { importOrganisations } from './import-organisations.ts';
import { axisOrganisation } from './index.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

const importText = (text: string) => importOrganisations(platform, chunks(Buffer.from(text)), operator);
const reasons = (report: Awaited<ReturnType<typeof importText>>) =>
  report.refused.map(({ line, code, refusal }) => [line, code, refusal.code.replace('directory.', '')]);

describe('an import', () => {
  test('adds organisations whose parents come later in the file, and changes nothing when repeated', async () => {
    const file = lines(
      'code\told_code\tname\tlevel\tparent_code\temail',
      'H38.01.02\t\tTrung tâm Công nghệ\t3\tH38.01\t',
      'H38.01\t000.00.01.H38\tSở Khoa học\t2\tH38\tso@example.vn',
      'H38\t\tỦy ban nhân dân tỉnh Lào Cai\t1\t\t',
    );
    expect(await importText(file)).toEqual({ added: 3, changed: 0, unchanged: 0, refused: [] });
    expect(await importText(file)).toEqual({ added: 0, changed: 0, unchanged: 3, refused: [] });
    expect(await getOrganisation(platform, '000.00.01.H38')).toMatchObject({
      code: 'H38.01',
      parentCode: 'H38',
      email: 'so@example.vn',
    });
  });

  test('takes the good lines and names every refused one with its reason', async () => {
    const report = await importText(
      lines(
        'name\tcode\tlevel\told_code\tparent_code',
        'Tốt\tI01\t1\t\t',
        'Không có cha\tI02.01\t2\t\tI02',
        'Con của dòng hỏng\tI03.01\t2\t\tI03',
        'Dòng hỏng\tI03\tba\t\t',
        'Trùng\tI01\t1\t\t',
        'Của người khác\tI04\t1\tG12\t',
        'Hai chủ\tH37\t1\tG12\t',
        'Cấp ngược\tI05\t1\t\tI01',
        'Cùng cấp\tI06.01\t2\t\tI06.02',
        'Cùng cấp hai\tI06.02\t2\t\tI01',
        'Đổi cấp\tH37.02\t3\t\t',
        'Mã sai\tI 07\t1\t\t',
        'Thiếu cột\tI08\t1',
        '\tI09\t1\t\t',
        'Cháu của dòng hỏng\tI03.01.01\t3\t\tI03.01',
      ),
    );
    expect(report).toMatchObject({ added: 2, changed: 1, unchanged: 0 });
    expect(reasons(report)).toEqual([
      [3, 'I02.01', 'parent_unknown'],
      [4, 'I03.01', 'parent_refused'],
      [5, 'I03', 'level_invalid'],
      [6, 'I01', 'code_repeated'],
      [8, 'H37', 'code_repeated'],
      [9, 'I05', 'level_not_below_parent'],
      [10, 'I06.01', 'level_not_below_parent'],
      [12, 'H37.02', 'level_differs'],
      [13, 'I 07', 'code_malformed'],
      [14, 'I08', 'import_row_malformed'],
      [15, 'I09', 'name_invalid'],
      [16, 'I03.01.01', 'parent_refused'],
    ]);
  });

  test('a code that belongs to another is refused', async () => {
    const report = await importText(lines('code\tname\tlevel\told_code', 'H37\tTỉnh\t1\t000.00.18.G12'));
    expect(reasons(report)).toEqual([[2, 'H37', 'code_taken']]);
  });

  test('a new name holds from today, and an empty cell says nothing', async () => {
    const before = await getOrganisation(platform, 'H37.30');
    const report = await importText(
      lines('code\tname\tlevel\tphone', 'H37.30\tỦy ban nhân dân phường Đồng Đăng\t2\t0205 000 000'),
    );
    expect(report).toMatchObject({ changed: 1 });
    expect(
      await importText(lines('code\tname\tlevel\tphone', 'H37.30\tỦy ban nhân dân phường Đồng Đăng\t2\t')),
    ).toMatchObject({ unchanged: 1 });
    const after = await getOrganisation(platform, 'H37.30');
    expect(after).toMatchObject({ parentCode: before.parentCode, phone: '0205 000 000' });
  });

  test('a new code beside a known old one is the new code of that organisation', async () => {
    await importText(lines('code\tname\tlevel', '000.00.19.G12\tTổng cục Hải quan\t1'));
    const former = await getOrganisation(platform, '000.00.19.G12');
    const report = await importText(
      lines('code\told_code\tname\tlevel', 'G12.34\t000.00.19.G12\tTổng cục Hải quan\t1'),
    );
    expect(report).toMatchObject({ added: 0, changed: 1, refused: [] });
    expect(await getOrganisation(platform, 'G12.34')).toMatchObject({
      id: former.id,
      oldCode: '000.00.19.G12',
    });
  });

  test('an ended organisation does not come back', async () => {
    await importText(lines('code\tname\tlevel', 'K01\tHội\t1'));
    await endOrganisation(platform, { hasWaitingMail: async () => false }, { code: 'K01' }, operator);
    expect(reasons(await importText(lines('code\tname\tlevel', 'K01\tHội\t1')))).toEqual([
      [2, 'K01', 'organisation_ended'],
    ]);
  });

  test('a file with a byte order mark, Windows line ends and no last line end is read', async () => {
    const report = await importText('\ufeffcode\tname\tlevel\r\nL01\tMột\t1\r\nL02\tHai\t1');
    expect(report).toMatchObject({ added: 2, refused: [] });
  });

  test('a line that is not UTF-8 is refused by itself', async () => {
    const file = Buffer.concat([
      Buffer.from('code\tname\tlevel\nM01\t'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\t1\nM02\tHai\t1\n'),
    ]);
    const report = await importOrganisations(platform, chunks(file), operator);
    expect(report.added).toBe(1);
    expect(reasons(report)).toEqual([[2, '', 'import_not_utf8']]);
  });

  test.each([
    ['', 'directory.import_columns_missing'],
    ['code\tname\n', 'directory.import_columns_missing'],
    ['code\tname\tlevel\tmàu\n', 'directory.import_header_invalid'],
    [`code\tname\tlevel\n${'x'.repeat(20_000)}`, 'directory.import_line_too_long'],
  ])('the whole file %j is refused', async (text, code) => {
    await expect(importText(text)).rejects.toMatchObject({ code });
  });

  test('a file that breaks off leaves nothing', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('code\tname\tlevel\nN01\tMột\t1\n');
      throw new Error('the sender went away');
    }
    await expect(importOrganisations(platform, broken(), operator)).rejects.toThrow('went away');
    await expect(getOrganisation(platform, 'N01')).rejects.toMatchObject({
      code: 'directory.organisation_unknown',
    });
  });

  test('one import is one entry, with counts and the digest of the file', async () => {
    await importText(lines('code\tname\tlevel', 'P01\tMột\t1'));
    const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
    const payloads = await inTransaction(
      platform.database.app,
      { organisations: [axis.organisationId] },
      (tx) =>
        tx.query<{ payload: Buffer }>(
          `select payload from evidence.entry where kind = 'directory.organisations_imported' order by ordinal desc`,
        ),
    );
    expect(JSON.parse(payloads[0]!.payload.toString())).toMatchObject({
      claims: { added: 1, refused: 0, fileDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
  });

  const codes = new URL('../../../../../shared/facts/org-codes.tsv', import.meta.url);
  test.skipIf(!existsSync(codes))('takes a list of real codes of both forms', async () => {
    const file = (await readFile(codes, 'utf8'))
      .replaceAll(/\t[^\t\n]+(?=\n)/g, '')
      .replace('level\tconfidence', 'level');
    const report = await importText(file);
    expect(report.added).toBeGreaterThan(500);
  });
});

test('a day before the first known name has that name', async () => {
  const { id } = await getOrganisation(platform, 'H37.30');
  const name = await inTransaction(platform.database.app, {}, (tx) =>
    organisationNameOn(tx, id, Temporal.PlainDate.from('2001-01-01')),
  );
  expect(name).toBe('Ủy ban nhân dân phường Đồng Đăng');
});

function lines(...text: string[]): string {
  return `${text.join('\n')}\n`;
}

/** As a network brings them: cut anywhere, also within a character. */
async function* chunks(file: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < file.length; start += 65_537) yield file.subarray(start, start + 65_537);
}
