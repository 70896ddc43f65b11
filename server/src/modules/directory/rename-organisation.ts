import { change, locate, recordChange } from './record-change.ts';
import { parseName, type Organisation } from './organisation.ts';
import { refuse } from './refusals.ts';
import { findOrganisation, lockOrganisations, updateName } from './store/organisations.ts';
import { getNameSince, insertName } from './store/organisation-names.ts';
import { vietnamDate } from '#foundation/clock';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface RenameRequest {
  readonly code: string;
  readonly name: string;
  /** The day of the deciding document; today where left out. */
  readonly on?: Temporal.PlainDate | undefined;
}

/** From that day on the organisation is called so; before it, documents show the former name. */
export async function renameOrganisation(
  platform: Platform,
  request: RenameRequest,
  by: Actor,
): Promise<{ organisation: Organisation; renamed: boolean }> {
  const name = parseName(request.name);
  const [id] = await locate(platform, [request.code]);
  return change(platform, [id!], (tx) => renameChecked(platform, tx, { id: id!, name, on: request.on, by }));
}

/** Renames within a transaction that may see the rows of `id`: also for what a system registers by itself. */
export async function renameChecked(
  platform: Platform,
  tx: Transaction,
  {
    id,
    name,
    on: wantedOn,
    by,
  }: { id: OrganisationId; name: string; on?: Temporal.PlainDate | undefined; by: Actor },
): Promise<{ organisation: Organisation; renamed: boolean }> {
  const organisation = (await lockOrganisations(tx, [id])).get(id)!;
  if (organisation.state === 'ended') throw refuse('organisation_ended', { code: organisation.code });
  if (organisation.name === name) return { organisation, renamed: false };
  const on = wantedOn ?? vietnamDate(tx.now);
  await refuseImpossibleDate(tx, id, on);

  await insertName(tx, id, name, on);
  await updateName(tx, id, name);
  await recordChange(platform, tx, {
    kind: 'organisation_renamed',
    organisation,
    by,
    claims: { validFrom: on.toString() },
    detail: { name, formerName: organisation.name },
  });
  return { organisation: (await findOrganisation(tx, organisation.code))!, renamed: true };
}

async function refuseImpossibleDate(
  tx: Transaction,
  id: OrganisationId,
  on: Temporal.PlainDate,
): Promise<void> {
  if (Temporal.PlainDate.compare(on, vietnamDate(tx.now)) > 0) {
    throw refuse('date_in_future', { date: on.toString() });
  }
  const since = await getNameSince(tx, id);
  if (Temporal.PlainDate.compare(on, since) < 0) {
    throw refuse('date_before_last_change', { date: on.toString(), lastChange: since.toString() });
  }
}
