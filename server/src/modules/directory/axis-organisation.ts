import type { OrganisationName } from './organisation.ts';
import { refuse } from './refusals.ts';
import { findAxis } from './store/organisations.ts';
import type { Transaction } from '#foundation/db';

/** The axis' own organisation (a W00 code): the sender of the statuses that the axis makes. */
export async function getAxisOrganisation(tx: Transaction): Promise<OrganisationName> {
  const axis = await findAxis(tx);
  if (!axis) throw refuse('axis_missing');
  return axis;
}
