/**
 * The import as set-based SQL over a temporary table, so that 120,000 organisations take seconds. Each step marks the
 * rows that it refuses; the steps after it leave those out.
 */
import type { ImportRow } from '../import-file.ts';
import type { Transaction } from '#foundation/db';
import { newId } from '#foundation/ids';
import type { RefusalParameters } from '#foundation/refusal';

export type ImportRefusal =
  | 'code_repeated'
  | 'code_taken'
  | 'organisation_ended'
  | 'level_differs'
  | 'level_not_below_parent'
  | 'parent_unknown'
  | 'parent_refused';

export interface RefusedImportRow {
  readonly line: number;
  readonly code: string;
  readonly reason: ImportRefusal;
  readonly parameters: RefusalParameters;
}

const importLock = 7_102_019;

/** One import at a time; false when another is going on. */
export async function tryLockImport(tx: Transaction): Promise<boolean> {
  const rows = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
    importLock,
  ]);
  return rows[0]!.locked;
}

export async function beginImport(tx: Transaction): Promise<void> {
  // One import at a time may sort and join its rows in memory.
  await tx.query(`set local work_mem = '64MB'`);
  await tx.query(`
    create temporary table import_row (
      line int primary key,
      organisation_id uuid not null,
      code text collate "C" not null,
      old_code text collate "C",
      name text not null,
      level smallint not null,
      parent_code text collate "C",
      email text,
      phone text,
      fax text,
      address text,
      is_known boolean not null default false,
      has_new_code boolean not null default false,
      refusal text,
      parameters jsonb not null default '{}'
    ) on commit drop`);
}

export async function addRows(tx: Transaction, rows: readonly ImportRow[]): Promise<void> {
  await tx.query(
    `insert into import_row
       (line, organisation_id, code, old_code, name, level, parent_code, email, phone, fax, address)
     select * from unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[])`,
    [
      rows.map(({ line }) => line),
      rows.map(() => newId<'organisation'>()),
      rows.map(({ code }) => code),
      rows.map(({ oldCode }) => oldCode),
      rows.map(({ name }) => name),
      rows.map(({ level }) => level),
      rows.map(({ parentCode }) => parentCode),
      rows.map(({ email }) => email),
      rows.map(({ phone }) => phone),
      rows.map(({ fax }) => fax),
      rows.map(({ address }) => address),
    ],
  );
}

/** Keeps other writers out until the transaction ends; readers go on. */
export async function lockDirectory(tx: Transaction): Promise<void> {
  await tx.query('lock table directory.organisation in share row exclusive mode');
}

/** Finds the organisations that the rows are about, and refuses rows that contradict each other or the directory. */
export async function matchRows(tx: Transaction): Promise<void> {
  await tx.query('create index on import_row (code)');
  await tx.query('create index on import_row (old_code) where old_code is not null');
  await tx.query('analyze import_row');
  await refuseRepeatedCodes(tx);
  await tx.query(`
    update import_row r
    set organisation_id = c.organisation_id, is_known = true
    from directory.organisation_code c
    where c.code = r.code
      and r.refusal is null`);
  await tx.query(`
    update import_row r
    set organisation_id = c.organisation_id, is_known = true, has_new_code = true
    from directory.organisation_code c
    where c.code = r.old_code
      and not r.is_known
      and r.refusal is null`);
  await tx.query(`
    update import_row r
    set refusal = 'code_taken', parameters = jsonb_build_object('code', r.old_code)
    from directory.organisation_code c
    where c.code = r.old_code
      and c.organisation_id <> r.organisation_id
      and r.refusal is null`);
  await refuseRepeatedOrganisations(tx);
  await tx.query(`
    update import_row r
    set refusal = case when o.state = 'ended' then 'organisation_ended' else 'level_differs' end,
      parameters = jsonb_build_object('code', r.code, 'level', o.level)
    from directory.organisation o
    where o.id = r.organisation_id
      and (o.state = 'ended' or o.level <> r.level)
      and r.refusal is null`);
}

/** The first line with a code counts, in whichever of the two columns. */
async function refuseRepeatedCodes(tx: Transaction): Promise<void> {
  await tx.query(`
    with written (line, code) as (
      select line, code from import_row
      union all
      select line, old_code from import_row where old_code is not null
    ),
    repeated as (
      select line, code, min(line) over (partition by code) as first_line from written
    )
    update import_row r
    set refusal = 'code_repeated', parameters = jsonb_build_object('code', repeated.code, 'line', repeated.first_line)
    from repeated
    where repeated.line = r.line
      and repeated.first_line < repeated.line`);
}

/** Two lines may name one organisation by two codes of different times. */
async function refuseRepeatedOrganisations(tx: Transaction): Promise<void> {
  await tx.query(`
    with repeated as (
      select line, code, min(line) over (partition by organisation_id) as first_line
      from import_row
      where is_known and refusal is null
    )
    update import_row r
    set refusal = 'code_repeated', parameters = jsonb_build_object('code', r.code, 'line', repeated.first_line)
    from repeated
    where repeated.line = r.line
      and repeated.first_line < repeated.line`);
}

/** Adds the new organisations of one level, and refuses rows whose parent cannot be theirs. Returns how many it added. */
export async function applyLevel(
  tx: Transaction,
  { level, on, by }: { level: number; on: Temporal.PlainDate; by: string },
): Promise<number> {
  await refuseWithoutParent(tx, level);
  const added = await tx.query<{ added: number }>(
    `with added as (
       insert into directory.organisation
         (id, level, parent_id, parent_level, code, old_code, name, email, phone, fax, address,
          state_since, state_by, added_at, changed_at)
       select r.organisation_id, r.level, p.id, p.level, r.code, r.old_code, r.name, r.email, r.phone, r.fax, r.address,
         $2::timestamptz, $3, $2, $2
       from import_row r
       left join directory.organisation_code c on c.code = r.parent_code
       left join directory.organisation p on p.id = c.organisation_id
       where r.level = $1
         and not r.is_known
         and r.refusal is null
       returning id
     )
     select count(*) as added from added`,
    [level, tx.now.toString(), by],
  );
  await tx.query(
    `insert into directory.organisation_code (code, organisation_id, valid_from)
     select code, organisation_id, $2::date
     from import_row
     where level = $1 and not is_known and refusal is null
     union all
     select old_code, organisation_id, $2::date
     from import_row
     where level = $1 and not is_known and refusal is null and old_code is not null`,
    [level, on.toString()],
  );
  await tx.query(
    `insert into directory.organisation_name (organisation_id, valid_from, name)
     select organisation_id, $2::date, name
     from import_row
     where level = $1 and not is_known and refusal is null`,
    [level, on.toString()],
  );
  return added[0]!.added;
}

/** Those of the levels above are in the directory by now. */
async function refuseWithoutParent(tx: Transaction, level: number): Promise<void> {
  await tx.query(
    `with found as (
       select r.line, p.id, p.level, p.state, case when p.id is null then (
         select jsonb_build_object('level', i.level, 'isRefused', i.refusal is not null)
         from (
           select level, refusal from import_row where code = r.parent_code
           union all
           select level, refusal from import_row where old_code = r.parent_code
         ) i
         limit 1
       ) end as in_file
       from import_row r
       left join directory.organisation_code c on c.code = r.parent_code
       left join directory.organisation p on p.id = c.organisation_id
       where r.level = $1
         and r.parent_code is not null
         and r.refusal is null
     )
     update import_row r
     set refusal = case
         when found.state = 'ended' then 'organisation_ended'
         when found.id is not null then 'level_not_below_parent'
         when (found.in_file ->> 'isRefused')::boolean then 'parent_refused'
         -- It is in the file and yet not in the directory: it stands on this level or a lower one.
         when found.in_file is not null then 'level_not_below_parent'
         else 'parent_unknown'
       end,
       parameters = jsonb_build_object(
         'parentCode', r.parent_code,
         'code', r.parent_code,
         'level', r.level,
         'parentLevel', coalesce(found.level, (found.in_file ->> 'level')::smallint, 0)
       )
     from found
     where found.line = r.line
       and (found.id is null or found.state = 'ended' or found.level >= r.level)`,
    [level],
  );
}

/** Brings the organisations that were known before to what the file says. */
export async function applyChanges(
  tx: Transaction,
  on: Temporal.PlainDate,
): Promise<{ changed: number; unchanged: number }> {
  await changeNames(tx, on);
  await tx.query(
    `insert into directory.organisation_code (code, organisation_id, valid_from)
     select code, organisation_id, $1::date
     from import_row
     where is_known and refusal is null
     union all
     select old_code, organisation_id, $1::date
     from import_row
     where is_known and refusal is null and old_code is not null
     on conflict do nothing`,
    [on.toString()],
  );
  const changed = await tx.query<{ id: string }>(
    `with wanted as (
       select r.organisation_id as id,
         -- A code that the organisation had before only names it; one that is new to the directory replaces its code.
         case when r.has_new_code then r.code else o.code end as code,
         case
           when r.has_new_code then r.old_code
           when r.old_code is not null and r.old_code <> o.code then r.old_code
           else o.old_code
         end as old_code,
         r.name,
         coalesce(p.id, o.parent_id) as parent_id,
         coalesce(p.level, o.parent_level) as parent_level,
         coalesce(r.email, o.email) as email,
         coalesce(r.phone, o.phone) as phone,
         coalesce(r.fax, o.fax) as fax,
         coalesce(r.address, o.address) as address
       from import_row r
       join directory.organisation o on o.id = r.organisation_id
       left join directory.organisation_code c on c.code = r.parent_code
       left join directory.organisation p on p.id = c.organisation_id
       where r.is_known
         and r.refusal is null
     )
     update directory.organisation o
     set code = w.code, old_code = w.old_code, name = w.name, parent_id = w.parent_id, parent_level = w.parent_level,
       email = w.email, phone = w.phone, fax = w.fax, address = w.address, changed_at = $1
     from wanted w
     where w.id = o.id
       and (o.code, o.old_code, o.name, o.parent_id, o.email, o.phone, o.fax, o.address)
         is distinct from (w.code, w.old_code, w.name, w.parent_id, w.email, w.phone, w.fax, w.address)
     returning o.id`,
    [tx.now.toString()],
  );
  await closeFormerCodes(tx, on);
  const known = await tx.query<{ known: number }>(
    'select count(*) as known from import_row where is_known and refusal is null',
  );
  return { changed: changed.length, unchanged: known[0]!.known - changed.length };
}

async function changeNames(tx: Transaction, on: Temporal.PlainDate): Promise<void> {
  await tx.query(`
    create temporary table import_rename on commit drop as
    select o.id, r.name
    from import_row r
    join directory.organisation o on o.id = r.organisation_id
    where r.is_known
      and r.refusal is null
      and r.name <> o.name`);
  await tx.query(
    `update directory.organisation_name n
     set valid_to = $1::date
     from import_rename renamed
     where renamed.id = n.organisation_id
       and n.valid_to is null
       and n.valid_from < $1::date`,
    [on.toString()],
  );
  await tx.query(
    `insert into directory.organisation_name (organisation_id, valid_from, name)
     select id, $1::date, name
     from import_rename
     on conflict on constraint organisation_name_pk do update set name = excluded.name`,
    [on.toString()],
  );
}

async function closeFormerCodes(tx: Transaction, on: Temporal.PlainDate): Promise<void> {
  await tx.query(
    `update directory.organisation_code c
     set valid_to = $1::date
     from import_row r
     join directory.organisation o on o.id = r.organisation_id
     where c.organisation_id = r.organisation_id
       and r.is_known
       and r.refusal is null
       and c.valid_to is null
       and c.code <> o.code
       and c.code is distinct from o.old_code`,
    [on.toString()],
  );
}

export async function readRefused(tx: Transaction): Promise<RefusedImportRow[]> {
  return tx.query<{ line: number; code: string; reason: ImportRefusal; parameters: RefusalParameters }>(
    `select line, code, refusal as reason, parameters
     from import_row
     where refusal is not null
     order by line`,
  );
}
