import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealedColumns } from '../src/cli/keys/master-key.ts';
import { inTransaction } from '#foundation/db';
import { newId } from '#foundation/ids';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { describeSchema } from './support/describe-schema.ts';

/** Tables whose rows belong to no single organisation, each with the reason. Every other table is organisation first. */
const exceptions: Readonly<Record<string, string>> = {
  'directory.organisation': 'the directory is who the organisations are; everyone on the axis may read it',
  'directory.organisation_code': 'a code is looked up before it is known whose it is',
  'directory.organisation_name': 'part of the directory',
  'directory.connected_system': 'a system speaks for several organisations',
  'directory.representation': 'read by system, before it is known for whom it speaks',
  'directory.receiving_system': 'read by system, as representation',
  'directory.credential': "a system's; sealed and readable by lt_app only",
  'directory.system_quota': "a system's, as its credentials",
  'directory.operator_credential': "an operator's; operators belong to the axis",
  'directory.registration_request': "a system's, about an organisation that may not exist yet",
  'directory.working_calendar': 'the one calendar of the administration',
  'directory.office_hours': 'part of the calendar',
  'directory.calendar_day': 'part of the calendar; everyone may know when offices work',
  'blob.small': 'ciphertext; the key lies wrapped in the row that refers to it, under row-level security',
  'directory.seen_assertion': "a system's, looked at before anything is done for anybody",
  'exchange.request_key':
    "a system's, chosen before it is known for whom the request speaks; answers hold no document",
  'exchange.webhook': "a system's, as its credentials; secrets are sealed",
  'upload.upload': "a file on its way in is its system's, and gone within days",
  'upload.part': 'part of an upload; the content is ciphertext',
  'blob.installation': 'the id that the bucket of this installation carries; one row',
  'exchange.event_head': 'where the one feed stands in the one log',
  'evidence.pending': 'the queue of the one central log; emptied by the sequencer',
  'evidence.leaf': 'the one central log; holds digests only',
  'evidence.tile': 'the one central log; holds digests only',
  'evidence.head': 'the one central log; holds digests only',
  'evidence.checkpoint': 'the one central log; public',
  'evidence.time_stamp': 'of the one central log; public',
  'exchange.savings_parameter': 'parameters of the one open formula; published with their sources',
  'exchange.log_position': 'how far the one central log was followed, and by which calendar and ladders',
  'exchange.ladder_rung': 'the rungs of the ladder of undelivered mail, the same for everybody',
  'evidence.cosignature': 'the one central log; public',
  'migration.applied': 'which migrations were applied; not for the server',
};

let testDatabase: TestDatabase;
let owner: Client;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = new Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await testDatabase.drop();
});

test('an empty database and the migrations give db/schema.sql', async () => {
  await expect(await describeSchema(owner)).toMatchFileSnapshot('../../db/schema.sql');
});

interface Table {
  name: string;
  hasPolicy: boolean;
  isForced: boolean;
  ownsFirstColumn: boolean;
  looseIndexes: string[];
}

describe('organisation first', () => {
  test('the list of exceptions names only tables that exist', async () => {
    const names = (await readTables()).map(({ name }) => name);
    expect(Object.keys(exceptions).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('every table of an organisation has it first in every unique index, and row-level security forced', async () => {
    const wrong = (await readTables())
      .filter(({ name }) => !(name in exceptions))
      .filter(
        (table) =>
          !table.ownsFirstColumn || table.looseIndexes.length > 0 || !table.isForced || !table.hasPolicy,
      );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['unset', undefined],
    ['empty', []],
    ['somebody else', [newId<'organisation'>()]],
  ])('with the organisations %s the use cases see no row of any such table', async (_how, organisations) => {
    const tables = (await readTables()).filter(({ name }) => !(name in exceptions));
    expect(tables.length).toBeGreaterThan(0);
    await seedEverything(tables.map(({ name }) => name));
    const seen = await inTransaction(
      testDatabase.database.app,
      { ...(organisations && { organisations }) },
      async (tx) => {
        const counts: [string, number][] = [];
        for (const { name } of tables) {
          const [table] = await tx.query<{ may: boolean }>(
            `select has_table_privilege($1, 'select') as may`,
            [name],
          );
          if (!table!.may) continue;
          const rows = await tx.query<{ rows: number }>(`select count(*) as rows from ${name}`);
          counts.push([name, rows[0]!.rows]);
        }
        return counts;
      },
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter(([, rows]) => rows > 0)).toEqual([]);
  });
});

test('no pool is a superuser, an owner of tables, or past row-level security', async () => {
  const roles = await owner.query<{ rolname: string }>(
    `select rolname from pg_roles
     where rolname in ('lt_app', 'lt_ingest', 'lt_sequencer')
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin
         or exists (select from pg_class where relowner = pg_roles.oid))`,
  );
  expect(roles.rows).toEqual([]);
});

test('what is sealed under the master key is all on the list that a rotation works through', async () => {
  // By the name: a digest of a secret opens nothing, and key ids are public.
  const { rows } = await owner.query<{ column: string }>(
    `select format('%s.%s.%s', table_schema, table_name, column_name) as column
     from information_schema.columns
     join information_schema.tables using (table_schema, table_name)
     where table_type = 'BASE TABLE'
       and table_schema not in ('pg_catalog', 'information_schema')
       and data_type = 'bytea'
       and (column_name ~ '(_sealed|_key)$' or column_name ~ 'secret')
       and column_name !~ 'digest'
     order by 1`,
  );
  const listed = sealedColumns.map(({ table, column }) => `${table}.${column}`).sort();
  expect(rows.map(({ column }) => column)).toEqual(listed);
});

test('the secrets of systems are for the use cases only', async () => {
  for (const pool of [testDatabase.database.ingest, testDatabase.database.sequencer]) {
    await expect(pool.query('select from directory.credential')).rejects.toThrow(/permission denied/);
    await expect(pool.query('update directory.organisation set name = name')).rejects.toThrow(
      /permission denied/,
    );
  }
  await expect(testDatabase.database.app.query('delete from directory.organisation')).rejects.toThrow(
    /permission denied/,
  );
});

async function readTables(): Promise<Table[]> {
  const { rows } = await owner.query<Table>(`
    select format('%s.%s', nspname, relname) as name,
      relforcerowsecurity and relrowsecurity as "isForced",
      exists (select from pg_policy where polrelid = c.oid) as "hasPolicy",
      exists (
        select from pg_attribute
        where attrelid = c.oid and attname = 'organisation_id' and atttypid = 'uuid'::regtype
      ) as "ownsFirstColumn",
      array(
        select indexrelid::regclass::text
        from pg_index i
        where indrelid = c.oid
          and indisunique
          and pg_get_indexdef(indexrelid, 1, true) <> 'organisation_id'
      ) as "looseIndexes"
    from pg_class c
    join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p') and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_'
    order by name`);
  return rows;
}

/** A row in every table, whatever its columns: without rows, seeing none would prove nothing. */
async function seedEverything(tables: readonly string[]): Promise<void> {
  await owner.query('begin');
  // As the owner: past triggers, foreign keys and the forced policies, which are not what is tested here.
  for (const table of tables) {
    await owner.query(`alter table ${table} no force row level security`);
    const { rows } = await owner.query<{ present: boolean }>(
      `select exists (select from ${table}) as present`,
    );
    if (!rows[0]!.present) await seed(table);
    await owner.query(`alter table ${table} force row level security`);
  }
  await owner.query('commit');
}

async function seed(table: string): Promise<void> {
  await dropConstraints(table);
  const { rows: columns } = await owner.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
     from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull
       and attgenerated = '' and attidentity = ''`,
    [table],
  );
  const names = columns.map(({ name }) => name).join(', ');
  await owner.query(
    `insert into ${table} (${names}) values (${columns.map(({ type }) => sampleOf(type)).join(', ')})`,
  );
}

/** The database is the test's own and thrown away: a row may break the rules of its table. */
async function dropConstraints(table: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = $1::regclass and contype in ('c', 'f')`,
    [table],
  );
  for (const { name } of rows) await owner.query(`alter table ${table} drop constraint ${name}`);
}

function sampleOf(type: string): string {
  if (type.endsWith('[]')) return `'{}'::${type}`;
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'boolean') return 'true';
  if (type === 'jsonb' || type === 'json') return `'{}'`;
  if (type === 'bytea') return `'\\x00'`;
  if (type.startsWith('timestamp') || type === 'date') return 'now()';
  return /int|numeric|double|real/.test(type) ? '1' : `'x'`;
}
