/** Rows of the names that organisations had and have. */
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';

/** The day from which the present name holds. */
export async function getNameSince(tx: Transaction, id: OrganisationId): Promise<Temporal.PlainDate> {
  const rows = await tx.query<{ valid_from: Temporal.PlainDate }>(
    'select valid_from from directory.organisation_name where organisation_id = $1 and valid_to is null',
    [id],
  );
  return rows[0]!.valid_from;
}

/** From that day on the organisation is called so. A second change on one day replaces the first. */
export async function insertName(
  tx: Transaction,
  id: OrganisationId,
  name: string,
  on: Temporal.PlainDate,
): Promise<void> {
  await tx.query(
    `update directory.organisation_name
     set valid_to = $2
     where organisation_id = $1
       and valid_to is null
       and valid_from < $2`,
    [id, on.toString()],
  );
  await tx.query(
    `insert into directory.organisation_name (organisation_id, valid_from, name)
     values ($1, $2, $3)
     on conflict on constraint organisation_name_pk do update set name = excluded.name`,
    [id, on.toString(), name],
  );
}

export interface NamePeriod {
  readonly name: string;
  readonly validFrom: Temporal.PlainDate;
  readonly validTo: Temporal.PlainDate | null;
}

/** Oldest first. */
export async function listNames(tx: Transaction, id: OrganisationId): Promise<NamePeriod[]> {
  const rows = await tx.query<{
    name: string;
    valid_from: Temporal.PlainDate;
    valid_to: Temporal.PlainDate | null;
  }>(
    `select name, valid_from, valid_to
     from directory.organisation_name
     where organisation_id = $1
     order by valid_from
     limit 1000`,
    [id],
  );
  return rows.map((row) => ({ name: row.name, validFrom: row.valid_from, validTo: row.valid_to }));
}
