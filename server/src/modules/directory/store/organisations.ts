/** Rows of organisations with their codes and names. */
import { refuse } from '../refusals.ts';
import type {
  Contact,
  Level,
  Organisation,
  OrganisationName,
  ResolvedOrganisation,
} from '../organisation.ts';
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';

export interface NewOrganisation extends Contact {
  readonly id: OrganisationId;
  readonly kind: 'ordinary' | 'axis';
  readonly level: Level;
  readonly parent: { readonly id: OrganisationId; readonly level: Level } | null;
  readonly code: string;
  readonly oldCode: string | null;
  readonly name: string;
  readonly by: string;
  readonly on: Temporal.PlainDate;
}

interface OrganisationRow {
  id: OrganisationId;
  kind: Organisation['kind'];
  level: Level;
  parent_id: OrganisationId | null;
  parent_code: string | null;
  code: string;
  old_code: string | null;
  name: string;
  email: string | null;
  phone: string | null;
  fax: string | null;
  address: string | null;
  state: Organisation['state'];
  state_since: Temporal.Instant;
  state_by: string;
  state_reason: string | null;
  successor_code: string | null;
  changed_at: Temporal.Instant;
}

const selectOrganisation = `
  select o.id, o.kind, o.level, o.parent_id, p.code as parent_code, o.code, o.old_code, o.name,
    o.email, o.phone, o.fax, o.address,
    o.state, o.state_since, o.state_by, o.state_reason, s.code as successor_code, o.changed_at
  from directory.organisation o
  left join directory.organisation p on p.id = o.parent_id
  left join directory.organisation s on s.id = o.successor_id`;

/** By any code that the organisation has or had: a code is never given to another. */
export async function findOrganisation(tx: Transaction, code: string): Promise<Organisation | undefined> {
  const [row] = await tx.query<OrganisationRow>(
    `${selectOrganisation}
     where o.id = (select organisation_id from directory.organisation_code where code = $1)`,
    [code],
  );
  return row && organisationOf(row);
}

export async function findCode(tx: Transaction, id: OrganisationId): Promise<string | undefined> {
  const [row] = await tx.prepared<{ code: string }>(
    'directory-find-code',
    'select code from directory.organisation where id = $1',
    [id],
  );
  return row?.code;
}

export async function findCodes(
  tx: Transaction,
  ids: readonly OrganisationId[],
): Promise<Map<OrganisationId, string>> {
  const rows = await tx.prepared<{ id: OrganisationId; code: string }>(
    'directory-find-codes',
    'select id, code from directory.organisation where id = any ($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** Locks the rows in one order, so that two changes of the same organisations wait instead of dead-locking. */
export async function lockOrganisations(
  tx: Transaction,
  ids: readonly OrganisationId[],
): Promise<Map<OrganisationId, Organisation>> {
  const rows = await tx.query<OrganisationRow>(
    `${selectOrganisation}
     where o.id = any ($1::uuid[])
     order by o.id
     for update of o`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, organisationOf(row)]));
}

export async function findAxis(tx: Transaction): Promise<OrganisationName | undefined> {
  const [row] = await tx.prepared<{
    id: OrganisationId;
    code: string;
    old_code: string | null;
    name: string;
  }>('directory-axis', `select id, code, old_code, name from directory.organisation where kind = 'axis'`, []);
  return row && { organisationId: row.id, code: row.code, oldCode: row.old_code, name: row.name };
}

/** Which of these codes are held already, and by whom. */
export async function findHolders(
  tx: Transaction,
  codes: readonly string[],
): Promise<{ code: string; organisationId: OrganisationId }[]> {
  const rows = await tx.query<{ code: string; organisation_id: OrganisationId }>(
    'select code, organisation_id from directory.organisation_code where code = any ($1)',
    [codes],
  );
  return rows.map((row) => ({ code: row.code, organisationId: row.organisation_id }));
}

/** Refuses when another has taken a code since it was asked: the primary key decides between two at once. */
export async function insertOrganisation(tx: Transaction, added: NewOrganisation): Promise<void> {
  await tx.query(
    `insert into directory.organisation
       (id, kind, level, parent_id, parent_level, code, old_code, name, email, phone, fax, address,
        state_since, state_by, added_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::timestamptz, $14, $13, $13)`,
    [
      added.id,
      added.kind,
      added.level,
      added.parent?.id ?? null,
      added.parent?.level ?? null,
      added.code,
      added.oldCode,
      added.name,
      added.email,
      added.phone,
      added.fax,
      added.address,
      tx.now.toString(),
      added.by,
    ],
  );
  await insertCodes(
    tx,
    added.id,
    added.oldCode === null ? [added.code] : [added.code, added.oldCode],
    added.on,
  );
  await tx.query(
    'insert into directory.organisation_name (organisation_id, valid_from, name) values ($1, $2, $3)',
    [added.id, added.on.toString(), added.name],
  );
}

async function insertCodes(
  tx: Transaction,
  organisationId: OrganisationId,
  codes: readonly string[],
  on: Temporal.PlainDate,
): Promise<void> {
  const inserted = await tx.query<{ code: string }>(
    `insert into directory.organisation_code (code, organisation_id, valid_from)
     select code, $2, $3 from unnest($1::text[]) as code
     on conflict do nothing
     returning code`,
    [codes, organisationId, on.toString()],
  );
  const taken = codes.find((code) => !inserted.some((row) => row.code === code));
  if (taken !== undefined) throw refuse('code_taken', { code: taken });
}

export async function updateName(tx: Transaction, id: OrganisationId, name: string): Promise<void> {
  await tx.query('update directory.organisation set name = $2, changed_at = $3 where id = $1', [
    id,
    name,
    tx.now.toString(),
  ]);
}

export async function updateContact(tx: Transaction, id: OrganisationId, contact: Contact): Promise<void> {
  await tx.query(
    `update directory.organisation
     set email = $2, phone = $3, fax = $4, address = $5, changed_at = $6
     where id = $1`,
    [id, contact.email, contact.phone, contact.fax, contact.address, tx.now.toString()],
  );
}

export async function endOrganisation(
  tx: Transaction,
  ending: { id: OrganisationId; successorId: OrganisationId | null; reason: string | null; by: string },
): Promise<void> {
  await tx.query(
    `update directory.organisation
     set state = 'ended', state_since = $2::timestamptz, state_by = $3, state_reason = $4, successor_id = $5,
       changed_at = $2
     where id = $1`,
    [ending.id, tx.now.toString(), ending.by, ending.reason, ending.successorId],
  );
}

/** Those who named the ended one as successor now name its successor: one step always leads to a living one. */
export async function passOnSuccession(
  tx: Transaction,
  former: readonly OrganisationId[],
  successorId: OrganisationId,
): Promise<void> {
  await tx.query(
    'update directory.organisation set successor_id = $2, changed_at = $3 where successor_id = any ($1::uuid[])',
    [former, successorId, tx.now.toString()],
  );
}

export async function listActiveChildren(
  tx: Transaction,
  parents: readonly OrganisationId[],
): Promise<{ id: OrganisationId; code: string; level: Level }[]> {
  return tx.query<{ id: OrganisationId; code: string; level: Level }>(
    `select id, code, level
     from directory.organisation
     where parent_id = any ($1::uuid[])
       and state = 'active'
     order by id
     for update`,
    [parents],
  );
}

export async function moveUnder(
  tx: Transaction,
  children: readonly OrganisationId[],
  parent: { id: OrganisationId; level: Level },
): Promise<void> {
  await tx.query(
    `update directory.organisation
     set parent_id = $2, parent_level = $3, changed_at = $4
     where id = any ($1::uuid[])`,
    [children, parent.id, parent.level, tx.now.toString()],
  );
}

/** One query for all; answers under the codes as they were asked. */
export async function resolveCodes(
  tx: Transaction,
  codes: readonly string[],
): Promise<Map<string, ResolvedOrganisation>> {
  const rows = await tx.prepared<{
    asked: string;
    id: OrganisationId;
    code: string;
    old_code: string | null;
    name: string;
    state: 'active' | 'ended';
    successor_code: string | null;
    has_receiving_system: boolean;
  }>(
    'directory-resolve-codes',
    `select c.code as asked, o.id, o.code, o.old_code, o.name, o.state, s.code as successor_code,
       exists (
         select from directory.receiving_system r where r.organisation_id = o.id and r.valid_to is null
       ) as has_receiving_system
     from directory.organisation_code c
     join directory.organisation o on o.id = c.organisation_id
     left join directory.organisation s on s.id = o.successor_id
     where c.code = any ($1::text[])`,
    [codes.map((code) => code.trim())],
  );
  const byCode = new Map(
    rows.map((row) => [
      row.asked,
      {
        organisationId: row.id,
        code: row.code,
        oldCode: row.old_code,
        name: row.name,
        state: row.state,
        successorCode: row.successor_code,
        hasReceivingSystem: row.has_receiving_system,
      },
    ]),
  );
  return new Map(
    codes.flatMap((code) => {
      const found = byCode.get(code.trim());
      return found ? [[code, found] as const] : [];
    }),
  );
}

export interface OrganisationListing {
  /** Only those directly below this one; null for those that have no parent. */
  readonly parentId?: OrganisationId | null | undefined;
  readonly level?: Level | undefined;
  readonly state?: Organisation['state'] | undefined;
  /** The code after which to go on. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** In order of code. */
export async function listOrganisations(
  tx: Transaction,
  listing: OrganisationListing,
): Promise<Organisation[]> {
  const rows = await tx.query<OrganisationRow>(
    `${selectOrganisation}
     where o.code > $1
       and ($2::boolean or o.parent_id is not distinct from $3::uuid)
       and ($4::smallint is null or o.level = $4)
       and ($5::text is null or o.state = $5)
     order by o.code
     limit $6`,
    [
      listing.after ?? '',
      listing.parentId === undefined,
      listing.parentId ?? null,
      listing.level ?? null,
      listing.state ?? null,
      listing.limit,
    ],
  );
  return rows.map(organisationOf);
}

/** The organisation and those above it, nearest first, with the systems that have their root there. */
export async function listPathUp(
  tx: Transaction,
  id: OrganisationId,
): Promise<{ id: OrganisationId; rootOf: string[] }[]> {
  const rows = await tx.query<{ id: OrganisationId; root_of: string[] }>(
    `with recursive path as (
       select id, parent_id, 0 as distance from directory.organisation where id = $1
       union all
       select o.id, o.parent_id, path.distance + 1
       from path
       join directory.organisation o on o.id = path.parent_id
     )
     select id, array(
       select s.id::text from directory.connected_system s where s.parent_organisation_id = path.id
     ) as root_of
     from path
     order by distance`,
    [id],
  );
  return rows.map((row) => ({ id: row.id, rootOf: row.root_of }));
}

function organisationOf(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    kind: row.kind,
    level: row.level,
    parentId: row.parent_id,
    parentCode: row.parent_code,
    code: row.code,
    oldCode: row.old_code,
    name: row.name,
    email: row.email,
    phone: row.phone,
    fax: row.fax,
    address: row.address,
    state: row.state,
    stateSince: row.state_since,
    stateBy: row.state_by,
    stateReason: row.state_reason,
    successorCode: row.successor_code,
    changedAt: row.changed_at,
  };
}
