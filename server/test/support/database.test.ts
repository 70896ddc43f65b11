import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createTestDatabase, type TestDatabase } from './database.ts';

let test1: TestDatabase;
let test2: TestDatabase;

beforeAll(async () => {
  test1 = await createTestDatabase();
  test2 = await createTestDatabase();
});

afterAll(async () => {
  await test1.drop();
  await test2.drop();
});

test.each(['app', 'ingest', 'sequencer'] as const)('the %s pool acts as its own role', async (name) => {
  const rows = await inTransaction(test1.database[name], {}, (tx) =>
    tx.query<{ role: string; super: string }>(
      `select current_user as role, current_setting('is_superuser') as super`,
    ),
  );
  expect(rows).toEqual([{ role: `lt_${name}`, super: 'off' }]);
});

test('two test databases do not see each other', async () => {
  const nameOf = (test: TestDatabase) =>
    inTransaction(test.database.app, {}, (tx) =>
      tx.query<{ name: string }>('select current_database() as name'),
    );
  expect(await nameOf(test1)).not.toEqual(await nameOf(test2));
});

test('text is folded for searching: without accents, đ or the fault for ư', async () => {
  const [row] = await inTransaction(test1.database.app, {}, (tx) =>
    tx.query<{ folded: string }>(`select foundation.fold($1) as folded`, ['Đ\u01A3ờng Ủy'.normalize('NFD')]),
  );
  expect(row?.folded).toBe('duong uy');
});
