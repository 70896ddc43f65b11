import { endChecked, type DirectoryHooks } from './end-organisation.ts';
import { getSystem } from './get-system.ts';
import { change, locateAxis, nameOf, read, recordChange } from './record-change.ts';
import { refuse } from './refusals.ts';
import { applyRegistration, idFor } from './register-organisation-by-system.ts';
import { refuseForeign } from './registration.ts';
import {
  decideRequest,
  findRequest,
  listRequests,
  type RegistrationRequest,
  type RegistrationRequestId,
} from './store/registration-requests.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface RegistrationDecision {
  readonly request: string;
  readonly decision: 'approved' | 'refused';
  readonly reason?: string | null | undefined;
}

/** An operator decides what a system asked for. Approving carries it out, by the rules as they are now. */
export async function decideRegistration(
  platform: Platform,
  hooks: DirectoryHooks,
  request: RegistrationDecision,
  by: Actor,
): Promise<RegistrationRequest> {
  const { code } = await read(platform, (tx) => getRequest(tx, request.request));
  const organisationId = await idFor(platform, code);
  const axis = await locateAxis(platform);
  return change(platform, [organisationId, axis.organisationId], async (tx) => {
    const asked = await getRequest(tx, request.request);
    if (asked.state === request.decision) return asked;
    if (asked.state !== 'pending') throw refuse('request_decided', { request: asked.id });

    if (request.decision === 'approved') await carryOut(platform, hooks, tx, { asked, organisationId, by });
    await decideRequest(tx, {
      id: asked.id,
      state: request.decision,
      by: nameOf(by),
      reason: request.reason ?? null,
    });
    await recordChange(platform, tx, {
      kind: 'registration_decided',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: asked.id,
      by,
      claims: { externalId: asked.systemExternalId, act: asked.act, code, decision: request.decision },
      detail: { reason: request.reason ?? null },
    });
    return getRequest(tx, asked.id);
  });
}

const registrationRequestsLimit = 1000;

/** In the order they were asked; the id of the last one is the `after` of the next page. */
export async function listRegistrationRequests(
  platform: Platform,
  request: {
    readonly state?: RegistrationRequest['state'] | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<RegistrationRequest[]> {
  const limit = Math.min(request.limit, registrationRequestsLimit);
  return read(platform, (tx) => listRequests(tx, { ...request, limit }));
}

async function getRequest(tx: Transaction, id: string): Promise<RegistrationRequest> {
  const found = await findRequest(tx, id);
  if (!found) throw refuse('request_unknown', { request: id.slice(0, 80) });
  return found;
}

async function carryOut(
  platform: Platform,
  hooks: DirectoryHooks,
  tx: Transaction,
  { asked, organisationId, by }: { asked: RegistrationRequest; organisationId: OrganisationId; by: Actor },
): Promise<void> {
  const system = await getSystem(tx, asked.systemId);
  if (asked.registration) {
    await applyRegistration(platform, tx, { system, registration: asked.registration, organisationId, by });
    return;
  }
  await refuseForeign(tx, system, { organisationId, code: asked.code });
  await endChecked(platform, hooks, tx, { id: organisationId, by });
}

export type { RegistrationRequest, RegistrationRequestId };
