import type { ConnectedSystem } from './connected-system.ts';
import type { OrganisationName } from './organisation.ts';
import { recordChange } from './record-change.ts';
import { refuse } from './refusals.ts';
import type { Registration } from './registration.ts';
import { countPending, upsertPending, type RegistrationRequestId } from './store/registration-requests.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

const pendingLimit = 1_000; // a system; an operator decides them by hand

type Asked =
  | { readonly act: 'register'; readonly registration: Registration }
  | { readonly act: 'end'; readonly code: string };

/** Puts what a system asks before the operators; asking again while it waits replaces what was asked. */
export async function requestApproval(
  platform: Platform,
  tx: Transaction,
  asked: Asked & { readonly system: ConnectedSystem; readonly axis: OrganisationName; readonly by: Actor },
): Promise<RegistrationRequestId> {
  const { system, act, axis, by } = asked;
  if ((await countPending(tx, system.id)) >= pendingLimit) {
    throw refuse('too_many_requests_pending', { system: system.externalId, limit: pendingLimit });
  }
  const registration = asked.act === 'register' ? asked.registration : null;
  const code = asked.act === 'register' ? asked.registration.code : asked.code;
  const requestId = await upsertPending(tx, {
    id: newId<'registration-request'>(),
    systemId: system.id,
    act,
    code,
    registration,
  });
  await recordChange(platform, tx, {
    kind: 'registration_requested',
    organisation: { id: axis.organisationId, code: axis.code },
    subjectId: requestId,
    by,
    claims: { externalId: system.externalId, act, code },
    detail: { systemName: system.name, registration: registration && { ...registration } },
  });
  return requestId;
}
