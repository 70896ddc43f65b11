import { insertChecked } from './add-organisation.ts';
import { changeContactChecked } from './change-contact.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { getSystem } from './get-system.ts';
import { change, locateAxis, read } from './record-change.ts';
import { refuse } from './refusals.ts';
import {
  getRegistrationParent,
  parseRegistration,
  refuseForeign,
  type Registration,
  type RegistrationInput,
} from './registration.ts';
import { renameChecked } from './rename-organisation.ts';
import { requestApproval } from './request-approval.ts';
import { setReceivingSystem } from './set-receiving-system.ts';
import { findOrganisation } from './store/organisations.ts';
import { findReceivingSystem, insertRepresentation, isRepresentedBy } from './store/systems.ts';
import type { RegistrationRequestId } from './store/registration-requests.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId, type OrganisationId, type SystemId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export type RegistrationOutcome =
  | { readonly outcome: 'registered' | 'updated' | 'unchanged'; readonly organisationId: OrganisationId }
  | { readonly outcome: 'pending'; readonly requestId: RegistrationRequestId };

/**
 * A connected system registers an organisation below its own root, or updates one that it holds (VXP registerAgency).
 * It speaks and receives for it at once; where the system needs approval, an operator decides first. A code that
 * another subtree holds, or that receives through another system, is refused.
 */
export async function registerOrganisationBySystem(
  platform: Platform,
  request: { readonly systemId: SystemId; readonly registration: RegistrationInput },
  by: Actor,
): Promise<RegistrationOutcome> {
  const registration = parseRegistration(request.registration);
  const axis = await locateAxis(platform);
  const organisationId = await idFor(platform, registration.code);
  return change(platform, [organisationId, axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.systemId);
    await refuseRegistration(tx, system, registration);
    if (await isRegistered(tx, system, registration)) return { outcome: 'unchanged', organisationId };
    if (system.needsApproval) {
      return {
        outcome: 'pending',
        requestId: await requestApproval(platform, tx, { system, act: 'register', registration, axis, by }),
      };
    }
    return applyRegistration(platform, tx, { system, registration, organisationId, by });
  });
}

/** The id that the code has, or the one that it will have. */
export async function idFor(platform: Platform, code: string): Promise<OrganisationId> {
  const known = await read(platform, (tx) => findOrganisation(tx, code));
  return known?.id ?? newId<'organisation'>();
}

/** In a transaction that may see the rows of `organisationId`; the caller holds the system's lock. */
export async function applyRegistration(
  platform: Platform,
  tx: Transaction,
  {
    system,
    registration,
    organisationId,
    by,
  }: { system: ConnectedSystem; registration: Registration; organisationId: OrganisationId; by: Actor },
): Promise<RegistrationOutcome> {
  await refuseRegistration(tx, system, registration);
  const existing = await findOrganisation(tx, registration.code);
  if (existing) {
    // Another has registered the code since its id was looked up: the caller tries again and finds it.
    if (existing.id !== organisationId) throw refuse('code_taken', { code: registration.code });
    await renameChecked(platform, tx, { id: existing.id, name: registration.name, by });
    await changeContactChecked(platform, tx, { id: existing.id, contact: givenContact(registration), by });
  } else {
    const wanted = {
      ...registration,
      parentCode: await getRegistrationParent(tx, system, registration),
      oldCode: null,
      address: null,
      level: undefined,
      kind: 'ordinary' as const,
    };
    await insertChecked(platform, tx, { id: organisationId, wanted, by });
  }
  await insertRepresentation(tx, system.id, organisationId);
  const organisation = (await findOrganisation(tx, registration.code))!;
  await setReceivingSystem(platform, tx, { organisation, system, by });
  return { outcome: existing ? 'updated' : 'registered', organisationId };
}

async function refuseRegistration(
  tx: Transaction,
  system: ConnectedSystem,
  registration: Registration,
): Promise<void> {
  const existing = await findOrganisation(tx, registration.code);
  if (!existing) {
    await getRegistrationParent(tx, system, registration);
    return;
  }
  await refuseForeign(tx, system, { organisationId: existing.id, code: registration.code });
  if (existing.state === 'ended') throw refuse('organisation_ended', { code: registration.code });
}

async function isRegistered(
  tx: Transaction,
  system: ConnectedSystem,
  registration: Registration,
): Promise<boolean> {
  const existing = await findOrganisation(tx, registration.code);
  return (
    existing !== undefined &&
    existing.name === registration.name &&
    Object.entries(givenContact(registration)).every(
      ([field, text]) => existing[field as 'email' | 'phone' | 'fax'] === text,
    ) &&
    (await isRepresentedBy(tx, system.id, existing.id)) &&
    (await findReceivingSystem(tx, existing.id))?.id === system.id
  );
}

/** Fields that the system left empty say nothing: real clients send a few of them only. */
function givenContact(registration: Registration): Partial<Record<'email' | 'phone' | 'fax', string>> {
  const { email, phone, fax } = registration;
  return {
    ...(email !== null && { email }),
    ...(phone !== null && { phone }),
    ...(fax !== null && { fax }),
  };
}
