import { change, locate, locateAxis, recordChange } from './record-change.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { getSystem } from './get-system.ts';
import { parseName } from './organisation.ts';
import { lockSystem, updateSettings } from './store/systems.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

export interface SystemSettings {
  readonly name?: string | undefined;
  readonly parentCode?: string | null | undefined;
  readonly normalisesOutgoing?: boolean | undefined;
  readonly needsApproval?: boolean | undefined;
}

/** Changes what an operator sets for a system; what is left out stays. */
export async function changeSystem(
  platform: Platform,
  request: SystemSettings & { readonly system: string },
  by: Actor,
): Promise<ConnectedSystem> {
  const axis = await locateAxis(platform);
  const [wantedParentId = null] = request.parentCode ? await locate(platform, [request.parentCode]) : [];
  return change(platform, [axis.organisationId], async (tx) => {
    const former = await getSystem(tx, request.system);
    const settings = {
      name: request.name === undefined ? former.name : parseName(request.name, 200),
      normalisesOutgoing: request.normalisesOutgoing ?? former.normalisesOutgoing,
      needsApproval: request.needsApproval ?? former.needsApproval,
      parentId: request.parentCode === undefined ? former.parentId : wantedParentId,
    };
    await updateSettings(tx, former.id, settings);
    const changed = (await lockSystem(tx, former.id))!;
    if (isSame(former, changed)) return changed;
    await recordChange(platform, tx, {
      kind: 'system_changed',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: former.id,
      by,
      claims: {
        externalId: former.externalId,
        parentCode: changed.parentCode,
        normalisesOutgoing: changed.normalisesOutgoing,
        needsApproval: changed.needsApproval,
      },
      detail: { name: changed.name, formerName: former.name },
    });
    return changed;
  });
}

function isSame(former: ConnectedSystem, changed: ConnectedSystem): boolean {
  return (
    former.name === changed.name &&
    former.parentCode === changed.parentCode &&
    former.normalisesOutgoing === changed.normalisesOutgoing &&
    former.needsApproval === changed.needsApproval
  );
}
