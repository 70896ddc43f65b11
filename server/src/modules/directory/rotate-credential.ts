import { change, locateAxis, recordChange } from './record-change.ts';
import { parseSecret, type IssuedCredential } from './connected-system.ts';
import { getSystem } from './get-system.ts';
import { issueCredential, openCredential } from './issue-credential.ts';
import { listBeside, listValidCredentials, type CredentialPeriod } from './store/credentials.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

export interface RotateRequest {
  /** Our id of the system, or the one it sends itself. */
  readonly system: string;
  readonly secret?: string | undefined;
  /** Repeating the act under the same key gives the same secret again, while that is still valid. */
  readonly requestKey?: string | undefined;
}

export interface RotatedCredential extends IssuedCredential {
  /** The secrets beside the new one: which still works, and which ended with it. */
  readonly others: readonly CredentialPeriod[];
}

/** Gives a system a new secret beside the one it uses; the one before that stops working. */
export async function rotateCredential(
  platform: Platform,
  request: RotateRequest,
  by: Actor,
): Promise<RotatedCredential> {
  const secret = request.secret === undefined ? undefined : parseSecret(request.secret);
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.system);
    const repeated = (await listValidCredentials(tx, system.id)).find(
      ({ requestKey }) => request.requestKey !== undefined && requestKey === request.requestKey,
    );
    if (repeated) {
      const others = await listBeside(tx, system.id, repeated.id);
      return { ...openCredential(platform, system.id, repeated), others };
    }

    const issued = await issueCredential(platform, tx, {
      systemId: system.id,
      secret,
      requestKey: request.requestKey,
    });
    await recordChange(platform, tx, {
      kind: 'credential_rotated',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: system.id,
      by,
      claims: {
        externalId: system.externalId,
        credentialId: issued.credentialId,
        retiredCredentialIds: [...issued.retired],
      },
    });
    const { credentialId } = issued;
    return { credentialId, secret: issued.secret, others: await listBeside(tx, system.id, credentialId) };
  });
}
