import { change, locateAxis, nameOf, recordChange } from './record-change.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { getSystem } from './get-system.ts';
import { lockSystem, updateState } from './store/systems.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/** A suspended system is refused at every door; mail for its organisations waits. */
export function suspendSystem(
  platform: Platform,
  request: { readonly system: string; readonly reason?: string | null | undefined },
  by: Actor,
): Promise<ConnectedSystem> {
  return setState(platform, { ...request, state: 'suspended' }, by);
}

export function resumeSystem(
  platform: Platform,
  request: { readonly system: string; readonly reason?: string | null | undefined },
  by: Actor,
): Promise<ConnectedSystem> {
  return setState(platform, { ...request, state: 'active' }, by);
}

async function setState(
  platform: Platform,
  request: { system: string; reason?: string | null | undefined; state: ConnectedSystem['state'] },
  by: Actor,
): Promise<ConnectedSystem> {
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.system);
    if (system.state === request.state) return system;
    const reason = request.reason ?? null;
    await updateState(tx, system.id, { state: request.state, by: nameOf(by), reason });
    await recordChange(platform, tx, {
      kind: request.state === 'suspended' ? 'system_suspended' : 'system_resumed',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: system.id,
      by,
      claims: { externalId: system.externalId },
      detail: { name: system.name, reason },
    });
    return (await lockSystem(tx, system.id))!;
  });
}
