import { change, locateAxis, recordChange } from './record-change.ts';
import { getSystem } from './get-system.ts';
import { refuse } from './refusals.ts';
import { endCredential, findPeriod, type CredentialPeriod } from './store/credentials.ts';
import type { Actor } from '#foundation/evidence';
import { isId, type CredentialId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/**
 * Ends one credential now, without another in its place: it was stolen, or its machine is gone. The last one of a
 * kind may go as well; the system then has no way in by that dialect. Repeated, it finds it done.
 */
export async function retireCredential(
  platform: Platform,
  request: { readonly system: string; readonly credential: string },
  by: Actor,
): Promise<CredentialPeriod> {
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.system);
    const find = () =>
      isId(request.credential) ? findPeriod(tx, system.id, request.credential as CredentialId) : undefined;
    const found = await find();
    if (!found) {
      throw refuse('credential_unknown', {
        credential: request.credential.slice(0, 100),
        system: system.externalId,
      });
    }
    if (!(await endCredential(tx, found.credentialId))) return found;
    await recordChange(platform, tx, {
      kind: 'credential_retired',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: system.id,
      by,
      claims: {
        externalId: system.externalId,
        credentialId: found.credentialId,
        credentialKind: found.kind,
      },
    });
    return (await find())!;
  });
}
