import { change, locate, locateAxis, nameOf, recordChange } from './record-change.ts';
import { parseExternalId, type ConnectedSystem } from './connected-system.ts';
import {
  parseNewCredential,
  type CredentialRequest,
  type IssuedCredential,
  type NewCredential,
} from './credential.ts';
import { issueCredential, issuedBefore } from './issue-credential.ts';
import { parseName } from './organisation.ts';
import { refuse } from './refusals.ts';
import { insertSystem, lockSystem } from './store/systems.ts';
import { findByRequestKey } from './store/credentials.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/** With the kind of its first credential: VXP's where nothing is said. */
export interface NewSystemRequest extends CredentialRequest {
  readonly externalId: string;
  readonly name: string;
  /** The root of what the system may register by itself. */
  readonly parentCode?: string | null | undefined;
  readonly normalisesOutgoing?: boolean | undefined;
  /** Whether what it registers waits for an operator; so where left out. */
  readonly needsApproval?: boolean | undefined;
}

/** Connects a system. Its secret is shown now and never again. */
export async function addSystem(
  platform: Platform,
  request: NewSystemRequest,
  by: Actor,
): Promise<{ system: ConnectedSystem; credential: IssuedCredential }> {
  const externalId = parseExternalId(request.externalId);
  const name = parseName(request.name, 200);
  const credential = parseNewCredential(request);
  const axis = await locateAxis(platform);
  const [parentId = null] = request.parentCode ? await locate(platform, [request.parentCode]) : [];

  return change(platform, [axis.organisationId], async (tx) => {
    const systemId = newId<'system'>();
    const isNew = await insertSystem(tx, {
      id: systemId,
      externalId,
      name,
      parentOrganisationId: parentId,
      normalisesOutgoing: request.normalisesOutgoing ?? false,
      needsApproval: request.needsApproval ?? true,
      by: nameOf(by),
    });
    if (!isNew) return answerAgain(platform, tx, { ...request, externalId, name, credential });

    const { retired: _none, ...issued } = await issueCredential(platform, tx, {
      systemId,
      credential,
      requestKey: request.requestKey,
    });
    await recordChange(platform, tx, {
      kind: 'system_added',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: systemId,
      by,
      claims: {
        externalId,
        credentialId: issued.credentialId,
        credentialKind: issued.kind,
        parentCode: request.parentCode ?? null,
      },
      detail: { name },
    });
    return { system: (await lockSystem(tx, systemId))!, credential: issued };
  });
}

async function answerAgain(
  platform: Platform,
  tx: Transaction,
  request: { externalId: string; name: string; requestKey?: string | undefined; credential: NewCredential },
): Promise<{ system: ConnectedSystem; credential: IssuedCredential }> {
  const { externalId, name, requestKey, credential } = request;
  const system = (await lockSystem(tx, externalId))!;
  const row = requestKey === undefined ? undefined : await findByRequestKey(tx, system.id, requestKey);
  if (!row || row.isRetired || system.name !== name) throw refuse('system_exists', { externalId });
  return { system, credential: issuedBefore(platform, system.id, { row, credential }) };
}
