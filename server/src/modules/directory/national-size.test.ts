/** The directory at the size of the nation: how cost grows, not what it is on this machine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importOrganisations } from './import-organisations.ts';
import { searchOrganisations } from './search-organisations.ts';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { addSmallState, nationalDirectory, operator } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

test('ten times as many organisations take ten times as long to import, and far less than a hundred', async () => {
  const few = await timedImport(12_000);
  expect(few.report).toEqual({ added: 12_000, changed: 0, unchanged: 0, refused: [] });
  const many = await timedImport(120_000);
  expect(many.report).toEqual({ added: 108_000, changed: 0, unchanged: 12_000, refused: [] });
  expect(many.millis / few.millis).toBeLessThan(30);
}, 120_000);

test('among 120,000 every search costs a small part of what reading them all would', async () => {
  const queries = [
    ['Z', 'Z01.', '000.00.05', 'tu phap 7777', 'so 119'],
    ['a', 'o', 'xa', 'zzz', 'uy ban nhan dan', 'so tai chinh', 'truong thpt y te muong lat'],
    ['Ủy ban nhân dân xã Tài chính Đồng Đăng'],
  ].flat();
  const readAllMillis = await medianMillis((tx) =>
    tx.query(`select count(*) from directory.organisation where directory.search_text(name) like '% zzz%'`),
  );
  const slow: [query: string, part: number][] = [];
  for (const query of queries) {
    const millis = await medianMillis((tx) => searchOrganisations(tx, { query, limit: 20 }));
    if (millis >= readAllMillis / 5) slow.push([query, millis / readAllMillis]);
  }
  expect(slow).toEqual([]);
}, 120_000);

async function timedImport(count: number) {
  const file = Buffer.from(nationalDirectory(count));
  const start = performance.now();
  const report = await importOrganisations(platform, chunks(file), operator);
  return { report, millis: performance.now() - start };
}

/** The median, because on a busy machine one of several is always late. */
async function medianMillis(work: (tx: Transaction) => Promise<unknown>): Promise<number> {
  const millis: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await inTransaction(platform.database.app, {}, work);
    millis.push(performance.now() - start);
  }
  return millis.sort((a, b) => a - b)[3]!;
}

async function* chunks(file: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < file.length; start += 65_536) yield file.subarray(start, start + 65_536);
}
