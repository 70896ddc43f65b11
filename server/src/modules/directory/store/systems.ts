/** Rows of connected systems: for whom they speak and receive. */
import type { ConnectedSystem } from '../connected-system.ts';
import { overrideOfJson, type QuotaJson } from './quotas.ts';
import type { QuotaOverride } from '../system-quota.ts';
import { credentialOfJson, type CredentialJson, type CredentialRow } from './credentials.ts';
import type { Transaction } from '#foundation/db';
import { isId, type OrganisationId, type SystemId } from '#foundation/ids';

interface SystemRow {
  id: SystemId;
  external_id: string;
  name: string;
  parent_organisation_id: OrganisationId | null;
  parent_code: string | null;
  normalises_outgoing: boolean;
  needs_approval: boolean;
  state: ConnectedSystem['state'];
  state_since: Temporal.Instant;
  state_by: string;
  state_reason: string | null;
}

const selectSystem = `
  select s.id, s.external_id, s.name, s.parent_organisation_id, p.code as parent_code, s.normalises_outgoing, s.needs_approval,
    s.state, s.state_since, s.state_by, s.state_reason
  from directory.connected_system s
  left join directory.organisation p on p.id = s.parent_organisation_id`;

/** By our id or by the id that the system itself sends. */
export async function findSystem(tx: Transaction, reference: string): Promise<ConnectedSystem | undefined> {
  const [row] = await tx.query<SystemRow>(selectByReference, referenceParameters(reference));
  return row && systemOf(row);
}

/** The same, locked against other changes until the transaction ends. */
export async function lockSystem(tx: Transaction, reference: string): Promise<ConnectedSystem | undefined> {
  const [row] = await tx.query<SystemRow>(
    `${selectByReference} for update of s`,
    referenceParameters(reference),
  );
  return row && systemOf(row);
}

const selectByReference = `
  ${selectSystem}
  where s.external_id = $1 or s.id = $2::uuid
  order by s.id = $2::uuid desc nulls last
  limit 1`;

function referenceParameters(reference: string): [string, string | null] {
  return [reference, isId(reference) ? reference : null];
}

export interface ListedSystem extends ConnectedSystem {
  /** The first of those that it speaks for, in order of code: a ministry's may speak for thousands. */
  readonly organisations: readonly { readonly code: string; readonly receives: boolean }[];
  readonly organisationCount: number;
}

const listedOrganisations = 10;

export async function listSystems(
  tx: Transaction,
  listing: { after?: string | undefined; limit: number },
): Promise<ListedSystem[]> {
  const rows = await tx.query<
    SystemRow & { organisations: { code: string; receives: boolean }[]; organisation_count: number }
  >(
    `select listed.*,
       (select count(*)::int
        from directory.representation r
        where r.system_id = listed.id and r.valid_to is null
       ) as organisation_count,
       coalesce(
         (select json_agg(first order by first.code)
          from (
            select o.code, exists (
              select from directory.receiving_system v
              where v.organisation_id = o.id and v.system_id = listed.id and v.valid_to is null
            ) as receives
            from directory.representation r
            join directory.organisation o on o.id = r.organisation_id
            where r.system_id = listed.id and r.valid_to is null
            order by o.code
            limit $3
          ) first),
         '[]'
       ) as organisations
     from (
     ${selectSystem}
     where s.external_id > $1
     order by s.external_id
     limit $2
     ) listed
     order by listed.external_id`,
    [listing.after ?? '', listing.limit, listedOrganisations],
  );
  return rows.map((row) => ({
    ...systemOf(row),
    organisations: row.organisations,
    organisationCount: row.organisation_count,
  }));
}

/** False when another system has this external id. */
export async function insertSystem(
  tx: Transaction,
  system: {
    id: SystemId;
    externalId: string;
    name: string;
    parentOrganisationId: OrganisationId | null;
    normalisesOutgoing: boolean;
    needsApproval: boolean;
    by: string;
  },
): Promise<boolean> {
  const inserted = await tx.query(
    `insert into directory.connected_system
       (id, external_id, name, parent_organisation_id, normalises_outgoing, needs_approval, state_since, state_by, added_at)
     values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8, $7)
     on conflict on constraint connected_system_external_id do nothing
     returning id`,
    [
      system.id,
      system.externalId,
      system.name,
      system.parentOrganisationId,
      system.normalisesOutgoing,
      system.needsApproval,
      tx.now.toString(),
      system.by,
    ],
  );
  return inserted.length === 1;
}

export async function updateSettings(
  tx: Transaction,
  systemId: SystemId,
  settings: {
    name: string;
    normalisesOutgoing: boolean;
    needsApproval: boolean;
    parentId: OrganisationId | null;
  },
): Promise<void> {
  await tx.query(
    `update directory.connected_system
     set name = $2, normalises_outgoing = $3, needs_approval = $4, parent_organisation_id = $5
     where id = $1`,
    [systemId, settings.name, settings.normalisesOutgoing, settings.needsApproval, settings.parentId],
  );
}

export async function updateState(
  tx: Transaction,
  systemId: SystemId,
  state: { state: ConnectedSystem['state']; by: string; reason: string | null },
): Promise<void> {
  await tx.query(
    `update directory.connected_system
     set state = $2, state_since = $3, state_by = $4, state_reason = $5
     where id = $1`,
    [systemId, state.state, tx.now.toString(), state.by, state.reason],
  );
}

/** False when the system speaks for the organisation already. The caller holds the locks of both. */
export async function insertRepresentation(
  tx: Transaction,
  systemId: SystemId,
  organisationId: OrganisationId,
): Promise<boolean> {
  if (await isRepresentedBy(tx, systemId, organisationId)) return false;
  // Withdrawn and given back within one millisecond: the interval is simply open again.
  await tx.query(
    `insert into directory.representation (organisation_id, system_id, valid_from)
     values ($1, $2, $3)
     on conflict on constraint representation_pk do update set valid_to = null`,
    [organisationId, systemId, tx.now.toString()],
  );
  return true;
}

/**
 * Both speaking and receiving end. False when the system did not speak for the organisation. A transaction that waited
 * for a lock has an earlier time than what the other one wrote: an interval ends when it began, never before.
 */
export async function endRepresentation(
  tx: Transaction,
  systemId: SystemId,
  organisationId: OrganisationId,
): Promise<boolean> {
  const parameters = [organisationId, systemId, tx.now.toString()];
  const ended = await tx.query(
    `update directory.representation set valid_to = greatest(valid_from, $3)
     where organisation_id = $1 and system_id = $2 and valid_to is null
     returning system_id`,
    parameters,
  );
  await tx.query(
    `update directory.receiving_system set valid_to = greatest(valid_from, $3)
     where organisation_id = $1 and system_id = $2 and valid_to is null`,
    parameters,
  );
  return ended.length === 1;
}

export async function isRepresentedBy(
  tx: Transaction,
  systemId: SystemId,
  organisationId: OrganisationId,
): Promise<boolean> {
  const rows = await tx.query(
    'select from directory.representation where organisation_id = $1 and system_id = $2 and valid_to is null',
    [organisationId, systemId],
  );
  return rows.length === 1;
}

export async function findReceivingSystem(
  tx: Transaction,
  organisationId: OrganisationId,
): Promise<{ id: SystemId; externalId: string } | undefined> {
  const [row] = await tx.query<{ id: SystemId; external_id: string }>(
    `select s.id, s.external_id
     from directory.receiving_system r
     join directory.connected_system s on s.id = r.system_id
     where r.organisation_id = $1 and r.valid_to is null`,
    [organisationId],
  );
  return row && { id: row.id, externalId: row.external_id };
}

/** The caller holds the organisation's lock, so nobody puts another in between the two statements. */
export async function replaceReceivingSystem(
  tx: Transaction,
  systemId: SystemId,
  organisationId: OrganisationId,
): Promise<void> {
  await tx.query(
    `update directory.receiving_system
     set valid_to = greatest(valid_from, $2)
     where organisation_id = $1 and valid_to is null`,
    [organisationId, tx.now.toString()],
  );
  // Given away and taken back within one millisecond: the interval is simply open again.
  await tx.query(
    `insert into directory.receiving_system (organisation_id, system_id, valid_from)
     values ($1, $2, $3)
     on conflict on constraint receiving_system_pk do update set valid_to = null`,
    [organisationId, systemId, tx.now.toString()],
  );
}

export interface RepresentedOrganisation {
  readonly organisationId: OrganisationId;
  readonly code: string;
  readonly name: string;
  readonly receives: boolean;
}

export async function listRepresented(
  tx: Transaction,
  systemId: SystemId,
  listing: { after?: string | undefined; limit: number },
): Promise<RepresentedOrganisation[]> {
  const rows = await tx.query<{ id: OrganisationId; code: string; name: string; receives: boolean }>(
    `select o.id, o.code, o.name, exists (
       select from directory.receiving_system v
       where v.organisation_id = o.id and v.system_id = $1 and v.valid_to is null
     ) as receives
     from directory.representation r
     join directory.organisation o on o.id = r.organisation_id
     where r.system_id = $1
       and r.valid_to is null
       and o.code > $2
     order by o.code
     limit $3`,
    [systemId, listing.after ?? '', listing.limit],
  );
  return rows.map(({ id, code, name, receives }) => ({ organisationId: id, code, name, receives }));
}

export interface SystemForAuthentication {
  readonly system: ConnectedSystem;
  readonly credentials: readonly CredentialRow[];
  readonly quota: QuotaOverride;
  readonly speaksFor: readonly OrganisationId[];
  readonly receivesFor: readonly OrganisationId[];
}

/** Everything about one system in one statement, so that all of it is of one moment. */
export async function findForAuthentication(
  tx: Transaction,
  externalId: string,
): Promise<SystemForAuthentication | undefined> {
  const [row] = await tx.prepared<
    SystemRow & {
      credentials: CredentialJson[];
      quota: QuotaJson | null;
      speaks_for: OrganisationId[];
      receives_for: OrganisationId[];
    }
  >(
    'directory-find-system',
    `select s.id, s.external_id, s.name, s.parent_organisation_id, p.code as parent_code, s.normalises_outgoing, s.needs_approval,
       s.state, s.state_since, s.state_by, s.state_reason,
       array(
         select to_jsonb(c) from directory.credential c
         where c.system_id = s.id and c.retired_at is null
         order by c.id desc
       ) as credentials,
       (select to_jsonb(q) from directory.system_quota q where q.system_id = s.id) as quota,
       array(
         select r.organisation_id from directory.representation r where r.system_id = s.id and r.valid_to is null
       ) as speaks_for,
       array(
         select r.organisation_id from directory.receiving_system r where r.system_id = s.id and r.valid_to is null
       ) as receives_for
     from directory.connected_system s
     left join directory.organisation p on p.id = s.parent_organisation_id
     where s.external_id = $1`,
    [externalId],
  );
  if (!row) return undefined;
  return {
    system: systemOf(row),
    credentials: row.credentials.map(credentialOfJson),
    quota: overrideOfJson(row.quota),
    speaksFor: row.speaks_for,
    receivesFor: row.receives_for,
  };
}

function systemOf(row: SystemRow): ConnectedSystem {
  return {
    id: row.id,
    externalId: row.external_id,
    name: row.name,
    parentId: row.parent_organisation_id,
    parentCode: row.parent_code,
    normalisesOutgoing: row.normalises_outgoing,
    needsApproval: row.needs_approval,
    state: row.state,
    stateSince: row.state_since,
    stateBy: row.state_by,
    stateReason: row.state_reason,
  };
}

/** Whom each of these systems speaks or receives for, in one statement; without those that are suspended. */
export async function listReach(
  tx: Transaction,
  systemIds: readonly SystemId[],
): Promise<{ systemId: SystemId; organisations: OrganisationId[] }[]> {
  return tx.prepared(
    'directory-list-reach',
    `select s.id as "systemId", array(
       select r.organisation_id from directory.representation r where r.system_id = s.id and r.valid_to is null
       union
       select v.organisation_id from directory.receiving_system v where v.system_id = s.id and v.valid_to is null
     ) as organisations
     from directory.connected_system s
     where s.id = any ($1::uuid[])
       and s.state = 'active'`,
    [systemIds],
  );
}
