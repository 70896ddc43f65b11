import { change, locate, locateAxis, nameOf, recordChange } from './record-change.ts';
import {
  parseExternalId,
  parseSecret,
  type ConnectedSystem,
  type IssuedCredential,
} from './connected-system.ts';
import { issueCredential, openCredential } from './issue-credential.ts';
import { parseName } from './organisation.ts';
import { refuse } from './refusals.ts';
import { insertSystem, lockSystem } from './store/systems.ts';
import { listValidCredentials } from './store/credentials.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface NewSystemRequest {
  readonly externalId: string;
  readonly name: string;
  /** The root of what the system may register by itself. */
  readonly parentCode?: string | null | undefined;
  readonly normalisesOutgoing?: boolean | undefined;
  /** Whether what it registers waits for an operator; so where left out. */
  readonly needsApproval?: boolean | undefined;
  /** For a client that is configured already; otherwise a secret of 256 random bits is made. */
  readonly secret?: string | undefined;
  /** Repeating the act under the same key gives the same secret again. */
  readonly requestKey?: string | undefined;
}

/** Connects a system. Its secret is shown now and never again. */
export async function addSystem(
  platform: Platform,
  request: NewSystemRequest,
  by: Actor,
): Promise<{ system: ConnectedSystem; credential: IssuedCredential }> {
  const externalId = parseExternalId(request.externalId);
  const name = parseName(request.name, 200);
  const secret = request.secret === undefined ? undefined : parseSecret(request.secret);
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
    if (!isNew) return answerAgain(platform, tx, { externalId, name, requestKey: request.requestKey });

    const credential = await issueCredential(platform, tx, {
      systemId,
      secret,
      requestKey: request.requestKey,
    });
    await recordChange(platform, tx, {
      kind: 'system_added',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: systemId,
      by,
      claims: { externalId, credentialId: credential.credentialId, parentCode: request.parentCode ?? null },
      detail: { name },
    });
    return { system: (await lockSystem(tx, systemId))!, credential };
  });
}

async function answerAgain(
  platform: Platform,
  tx: Transaction,
  { externalId, name, requestKey }: { externalId: string; name: string; requestKey: string | undefined },
): Promise<{ system: ConnectedSystem; credential: IssuedCredential }> {
  const system = (await lockSystem(tx, externalId))!;
  const credentials = await listValidCredentials(tx, system.id);
  const issued = credentials.find((row) => requestKey !== undefined && row.requestKey === requestKey);
  if (!issued || system.name !== name) throw refuse('system_exists', { externalId });
  return { system, credential: openCredential(platform, system.id, issued) };
}
