import { change, locate, recordChange } from './record-change.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { getSystem } from './get-system.ts';
import type { Organisation } from './organisation.ts';
import { refuse } from './refusals.ts';
import { lockOrganisations } from './store/organisations.ts';
import { findReceivingSystem, isRepresentedBy, replaceReceivingSystem } from './store/systems.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/**
 * The organisation's mail goes to this system from now on, in place of the one before: one receives at a time.
 * Refused for a system that does not speak for the organisation.
 */
export async function setReceivingSystem(
  platform: Platform,
  request: { readonly system: string; readonly code: string },
  by: Actor,
): Promise<void> {
  const [id] = await locate(platform, [request.code]);
  await change(platform, [id!], async (tx) => {
    const system = await getSystem(tx, request.system);
    const organisation = (await lockOrganisations(tx, [id!])).get(id!)!;
    await setReceivingChecked(platform, tx, { organisation, system, by });
  });
}

/** The caller holds the lock of the organisation. */
export async function setReceivingChecked(
  platform: Platform,
  tx: Transaction,
  { organisation, system, by }: { organisation: Organisation; system: ConnectedSystem; by: Actor },
): Promise<void> {
  if (!(await isRepresentedBy(tx, system.id, organisation.id))) {
    throw refuse('not_represented', { system: system.externalId, code: organisation.code });
  }
  const formerId = await findReceivingSystem(tx, organisation.id);
  if (formerId === system.id) return;
  await replaceReceivingSystem(tx, system.id, organisation.id);
  await recordChange(platform, tx, {
    kind: 'receiving_system_set',
    organisation,
    by,
    claims: { systemId: system.id, externalId: system.externalId, formerSystemId: formerId ?? null },
    detail: { name: organisation.name, systemName: system.name },
  });
}
