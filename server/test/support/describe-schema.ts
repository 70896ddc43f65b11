/**
 * The whole schema as text, from PostgreSQL's catalogue, in an order that does not depend on when something was made: what
 * `db/schema.sql` holds. It is for reading and comparing; the migrations are what makes it.
 */
import type { Client } from 'pg';

const ours = `nspname not in ('pg_catalog', 'information_schema', 'public') and nspname !~ '^pg_'`;

export async function describeSchema(client: Client): Promise<string> {
  const sections = [
    await describe(client, 'Extensions', extensions),
    await describe(client, 'Schemas', schemas),
    await describe(client, 'Sequences', sequences),
    await describe(client, 'Functions', functions),
    await describe(client, 'Tables', tables),
    await describe(client, 'Views', views),
    await describe(client, 'Constraints', constraints),
    await describe(client, 'Indexes', indexes),
    await describe(client, 'Triggers', triggers),
    await describe(client, 'Row-level security', rowSecurity),
    await describe(client, 'Privileges', privileges),
  ];
  return `-- Written from the catalogue by npm run update. Do not edit: change a migration.\n\n${sections.join('\n')}`;
}

async function describe(client: Client, title: string, query: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(query);
  // Sorted here, because PostgreSQL would sort by the collation of its cluster.
  const texts = rows.map(({ text }) => text.trim()).sort(byCodeUnits);
  return `-- ${title}\n${texts.map((text) => `${text};\n`).join('')}`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const extensions = `
  select format('create extension %I', extname) as text
  from pg_extension
  where extname <> 'plpgsql'`;

const schemas = `select format('create schema %I', nspname) as text from pg_namespace where ${ours}`;

const sequences = `
  select format('create sequence %I.%I as %s start %s increment %s cache %s',
    nspname, relname, format_type(seqtypid, null), seqstart, seqincrement, seqcache) as text
  from pg_sequence
  join pg_class on pg_class.oid = seqrelid
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours}`;

const functions = `
  select pg_get_functiondef(pg_proc.oid) as text
  from pg_proc
  join pg_namespace on pg_namespace.oid = pronamespace
  where ${ours} and prokind in ('f', 'p')`;

const columns = `
  select string_agg(
    format('  %I %s%s%s%s', attname, format_type(atttypid, atttypmod),
      case when attcollation not in (0, 100) then format(' collate %I', collname) else '' end,
      case
        when attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(adbin, adrelid))
        when attidentity <> '' then format(' generated %s as identity', case attidentity when 'a' then 'always' else 'by default' end)
        when adbin is not null then format(' default %s', pg_get_expr(adbin, adrelid))
        else ''
      end,
      case when attnotnull then ' not null' else '' end
      || case when attstorage <> typstorage then format(' storage %s', attstorage) else '' end),
    E',\\n' order by attnum)
  from pg_attribute
  join pg_type on pg_type.oid = atttypid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  left join pg_collation on pg_collation.oid = attcollation
  where attrelid = pg_class.oid and attnum > 0 and not attisdropped`;

const tables = `
  select format(E'create table %I.%I (\\n%s\\n)%s', nspname, relname, (${columns}),
    case when reloptions is null then '' else format(' with (%s)', array_to_string(reloptions, ', ')) end) as text
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours} and relkind in ('r', 'p')`;

const views = `
  select format(E'create view %I.%I as\\n%s', nspname, relname, rtrim(pg_get_viewdef(pg_class.oid), ';')) as text
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours} and relkind in ('v', 'm')`;

// Not-null constraints have rows of their own from PostgreSQL 18 on; here they stand with the columns.
const constraints = `
  select format('alter table %I.%I add constraint %I %s', nspname, relname, conname, pg_get_constraintdef(pg_constraint.oid)) as text
  from pg_constraint
  join pg_class on pg_class.oid = conrelid
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours} and contype in ('p', 'u', 'f', 'c', 'x')`;

const indexes = `
  select pg_get_indexdef(indexrelid) as text
  from pg_index
  join pg_class on pg_class.oid = indexrelid
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours}
    and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))`;

const triggers = `
  select pg_get_triggerdef(pg_trigger.oid) as text
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours} and not tgisinternal`;

const rowSecurity = `
  select format('alter table %I.%I enable row level security, force row level security', nspname, relname)
    || case when relforcerowsecurity then '' else ' -- NOT FORCED' end as text
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
  where ${ours} and relrowsecurity
  union all
  select format(E'create policy %I on %I.%I as %s for %s to %s\\n  using (%s)\\n  with check (%s)',
    policyname, schemaname, tablename, lower(permissive), lower(cmd), array_to_string(roles, ', '),
    coalesce(qual, '-'), coalesce(with_check, '-'))
  from pg_policies`;

const privileges = `
  select format('grant %s on %s to %s',
    string_agg(lower(privilege_type), ', ' order by privilege_type), object, case when role = 0 then 'public' else role::regrole::text end) as text
  from (
    select 'schema ' || quote_ident(nspname) as object, (aclexplode(nspacl)).privilege_type, (aclexplode(nspacl)).grantee as role, nspowner as owner
    from pg_namespace where ${ours}
    union all
    select format('%I.%I', nspname, relname), (aclexplode(relacl)).privilege_type, (aclexplode(relacl)).grantee, relowner
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace where ${ours}
    union all
    select format('%I.%I (%I)', nspname, relname, attname), (aclexplode(attacl)).privilege_type, (aclexplode(attacl)).grantee, relowner
    from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace where ${ours}
    union all
    select format('function %I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(pg_proc.oid)),
      (aclexplode(proacl)).privilege_type, (aclexplode(proacl)).grantee, proowner
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace where ${ours}
  ) granted
  where role <> owner
  group by object, role`;
