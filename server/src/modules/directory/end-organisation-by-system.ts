import { endChecked, type DirectoryHooks } from './end-organisation.ts';
import { getSystem } from './get-system.ts';
import { change, locate, locateAxis } from './record-change.ts';
import { refuseForeign } from './registration.ts';
import { requestApproval } from './request-approval.ts';
import { findOrganisation } from './store/organisations.ts';
import type { RegistrationRequestId } from './store/registration-requests.ts';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId, SystemId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export type EndingOutcome =
  | { readonly outcome: 'ended' | 'unchanged'; readonly organisationId: OrganisationId }
  | { readonly outcome: 'pending'; readonly requestId: RegistrationRequestId };

/**
 * A connected system ends an organisation of its own subtree (VXP deleteAgency): nothing is deleted. Refused while
 * mail waits; where the system needs approval, an operator decides.
 */
export async function endOrganisationBySystem(
  platform: Platform,
  hooks: DirectoryHooks,
  request: { readonly systemId: SystemId; readonly code: string },
  by: Actor,
): Promise<EndingOutcome> {
  const axis = await locateAxis(platform);
  const [organisationId] = await locate(platform, [request.code]);
  const id = organisationId!;
  return change(platform, [id, axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.systemId);
    const organisation = (await findOrganisation(tx, request.code.trim()))!;
    await refuseForeign(tx, system, { organisationId: id, code: organisation.code });
    if (organisation.state === 'ended') return { outcome: 'unchanged', organisationId: id };
    if (system.needsApproval) {
      const asked = { system, act: 'end', code: organisation.code, axis, by } as const;
      return { outcome: 'pending', requestId: await requestApproval(platform, tx, asked) };
    }
    await endChecked(platform, hooks, tx, { id, by });
    return { outcome: 'ended', organisationId: id };
  });
}
