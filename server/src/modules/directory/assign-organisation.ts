import { change, locate, recordChange } from './record-change.ts';
import { getSystem } from './get-system.ts';
import { refuse } from './refusals.ts';
import { setReceivingSystem } from './set-receiving-system.ts';
import { lockOrganisations } from './store/organisations.ts';
import { endRepresentation, insertRepresentation } from './store/systems.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

export interface AssignRequest {
  readonly system: string;
  readonly code: string;
  /** Whether the organisation's mail goes to this system from now on; its mailbox stays, so nothing is lost. */
  readonly receives: boolean;
}

/**
 * From now on the system speaks for the organisation. Repeating it changes nothing. Gives the id of the system that
 * received for it until now, where that is another.
 */
export async function assignOrganisation(
  platform: Platform,
  request: AssignRequest,
  by: Actor,
): Promise<{ formerReceivingSystem: string | undefined }> {
  const [id] = await locate(platform, [request.code]);
  return change(platform, [id!], async (tx) => {
    const system = await getSystem(tx, request.system);
    const organisation = (await lockOrganisations(tx, [id!])).get(id!)!;
    if (await insertRepresentation(tx, system.id, organisation.id)) {
      await recordChange(platform, tx, {
        kind: 'system_assigned',
        organisation,
        subjectId: system.id,
        by,
        claims: { externalId: system.externalId },
        detail: { name: organisation.name, systemName: system.name },
      });
    }
    if (!request.receives) return { formerReceivingSystem: undefined };
    const { former } = await setReceivingSystem(platform, tx, { organisation, system, by });
    return { formerReceivingSystem: former };
  });
}

/** The system no longer speaks for the organisation, nor receives for it; waiting mail waits for another system. */
export async function withdrawOrganisation(
  platform: Platform,
  request: { readonly system: string; readonly code: string },
  by: Actor,
): Promise<void> {
  const [id] = await locate(platform, [request.code]);
  await change(platform, [id!], async (tx) => {
    const system = await getSystem(tx, request.system);
    const organisation = (await lockOrganisations(tx, [id!])).get(id!)!;
    if (!(await endRepresentation(tx, system.id, organisation.id))) {
      throw refuse('not_represented', { system: system.externalId, code: organisation.code });
    }
    await recordChange(platform, tx, {
      kind: 'system_withdrawn',
      organisation,
      subjectId: system.id,
      by,
      claims: { externalId: system.externalId },
      detail: { name: organisation.name, systemName: system.name },
    });
  });
}
