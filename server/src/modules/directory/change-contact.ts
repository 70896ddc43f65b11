import { change, locate, recordChange } from './record-change.ts';
import { parseContact, type Contact, type ContactInput, type Organisation } from './organisation.ts';
import { refuse } from './refusals.ts';
import { findOrganisation, lockOrganisations, updateContact } from './store/organisations.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/** How the organisation's office is reached. Fields that are left out stay as they are, empty ones are cleared. */
export async function changeContact(
  platform: Platform,
  request: ContactInput & { readonly code: string },
  by: Actor,
): Promise<{ organisation: Organisation; changed: boolean }> {
  const [id] = await locate(platform, [request.code]);
  return change(platform, [id!], (tx) =>
    changeContactChecked(platform, tx, { id: id!, contact: request, by }),
  );
}

export async function changeContactChecked(
  platform: Platform,
  tx: Transaction,
  { id, contact, by }: { id: OrganisationId; contact: ContactInput; by: Actor },
): Promise<{ organisation: Organisation; changed: boolean }> {
  const organisation = (await lockOrganisations(tx, [id])).get(id)!;
  if (organisation.state === 'ended') throw refuse('organisation_ended', { code: organisation.code });
  const { email, phone, fax, address } = organisation;
  const former: Contact = { email, phone, fax, address };
  const given = Object.fromEntries(Object.entries(contact).filter(([, text]) => text !== undefined));
  const wanted = parseContact({ ...former, ...given });
  if (JSON.stringify(wanted) === JSON.stringify(former)) return { organisation, changed: false };

  await updateContact(tx, id, wanted);
  await recordChange(platform, tx, {
    kind: 'organisation_changed',
    organisation,
    by,
    detail: { contact: { ...wanted }, formerContact: { ...former } },
  });
  return { organisation: (await findOrganisation(tx, organisation.code))!, changed: true };
}
