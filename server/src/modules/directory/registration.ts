/** What a connected system asks to register by itself, and whether it may. */
import { parseCode, parseContact, parseName } from './organisation.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { canRegisterUnder } from './policy.ts';
import { refuse } from './refusals.ts';
import { findOrganisation, listPathUp } from './store/organisations.ts';
import { findReceivingSystem } from './store/systems.ts';
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';

export interface Registration {
  readonly code: string;
  /** The root of the system where left out. */
  readonly parentCode: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly fax: string | null;
}

export interface RegistrationInput {
  readonly code: string;
  readonly parentCode?: string | null | undefined;
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly fax?: string | null | undefined;
}

export function parseRegistration(input: RegistrationInput): Registration {
  const { email, phone, fax } = parseContact({ email: input.email, phone: input.phone, fax: input.fax });
  return {
    code: parseCode(input.code),
    parentCode: input.parentCode?.trim() ? parseCode(input.parentCode) : null,
    name: parseName(input.name),
    email,
    phone,
    fax,
  };
}

/** Refuses what is outside the system's subtree, and what receives through another system. */
export async function refuseForeign(
  tx: Transaction,
  system: ConnectedSystem,
  { organisationId, code }: { organisationId: OrganisationId; code: string },
): Promise<void> {
  const outside = refuse('outside_subtree', { system: system.externalId, code });
  if (!canRegisterUnder(system.id, await listPathUp(tx, organisationId))) throw outside;
  const receiver = (await findReceivingSystem(tx, organisationId))?.id;
  if (receiver !== undefined && receiver !== system.id) throw refuse('held_by_other_system', { code });
}

/** The code of the parent for a new organisation: within the system's subtree, or a refusal. */
export async function getRegistrationParent(
  tx: Transaction,
  system: ConnectedSystem,
  registration: Registration,
): Promise<string> {
  if (system.parentCode === null) throw refuse('no_subtree', { system: system.externalId });
  const parentCode = registration.parentCode ?? system.parentCode;
  const parent = await findOrganisation(tx, parentCode);
  if (!parent) throw refuse('parent_unknown', { parentCode });
  if (!canRegisterUnder(system.id, await listPathUp(tx, parent.id))) {
    throw refuse('outside_subtree', { system: system.externalId, code: parentCode });
  }
  return parentCode;
}
