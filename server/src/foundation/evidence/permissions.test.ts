import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';

let test_: TestDatabase;
let owner: Client;

beforeAll(async () => {
  test_ = await createTestDatabase();
  owner = new Client({ connectionString: test_.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await test_.drop();
});

// A column of each table, for an update that changes nothing and yet must not be allowed.
const tables = {
  entry: 'kind',
  entry_detail: 'detail',
  leaf: 'index',
  tile: 'index',
  checkpoint: 'size',
  time_stamp: 'size',
};
const changes = Object.entries(tables).flatMap(([table, column]) => [
  `update evidence.${table} set ${column} = ${column}`,
  `delete from evidence.${table}`,
  `truncate evidence.${table}`,
]);
const ofHead = ['delete from evidence.head', 'truncate evidence.head'];

const denied = (['app', 'ingest', 'sequencer'] as const).flatMap((role) =>
  [...changes, ...ofHead, 'truncate evidence.pending'].map((sql) => ({ role, sql })),
);

test.each([
  ...denied,
  { role: 'app', sql: 'delete from evidence.pending' },
  { role: 'ingest', sql: 'delete from evidence.pending' },
  { role: 'app', sql: 'select payload_digest from evidence.pending' },
  { role: 'app', sql: 'update evidence.head set size = size' },
  { role: 'ingest', sql: 'update evidence.head set size = size' },
  { role: 'app', sql: 'insert into evidence.leaf select' },
  { role: 'ingest', sql: 'insert into evidence.tile select' },
  { role: 'app', sql: 'insert into evidence.checkpoint select' },
  { role: 'app', sql: 'insert into evidence.time_stamp select' },
  { role: 'sequencer', sql: 'insert into evidence.entry select' },
  { role: 'sequencer', sql: 'select payload from evidence.entry' },
  { role: 'sequencer', sql: 'select detail from evidence.entry_detail' },
] as const)('lt_$role is denied: $sql (E6)', async ({ role, sql }) => {
  await expect(test_.database[role].query(sql)).rejects.toThrow('permission denied');
});

// A detail goes where an entry says so, which `erase-detail.test.ts` tries.
const forOwner = [...changes, ...ofHead].filter((sql) => sql !== 'delete from evidence.entry_detail');

test.each(forOwner)('even the owner is refused: %s', async (sql) => {
  await expect(owner.query(sql)).rejects.toThrow('the evidence log only grows');
});

test('even the owner cannot set the head back', async () => {
  await owner.query('begin');
  await owner.query('update evidence.head set size = 5');
  await expect(owner.query('update evidence.head set size = 4')).rejects.toThrow(
    'the evidence log only grows',
  );
  await owner.query('rollback');
});
