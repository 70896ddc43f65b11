import { change, locateAxis, recordChange } from './record-change.ts';
import { parseNewCredential, type CredentialRequest, type IssuedCredential } from './credential.ts';
import { getSystem } from './get-system.ts';
import { issueCredential, issuedBefore } from './issue-credential.ts';
import { findByRequestKey, listBeside, type CredentialPeriod } from './store/credentials.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

export interface RotateRequest extends CredentialRequest {
  /** Our id of the system, or the one it sends itself. */
  readonly system: string;
}

export interface RotatedCredential extends IssuedCredential {
  /** Those of its kind beside the new one: which still work, and which ended with it. */
  readonly others: readonly CredentialPeriod[];
}

/** Gives a system a new credential beside the one it uses; the one before that stops working. The first of a kind too. */
export async function rotateCredential(
  platform: Platform,
  request: RotateRequest,
  by: Actor,
): Promise<RotatedCredential> {
  const credential = parseNewCredential(request);
  const { requestKey } = request;
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.system);
    const row = requestKey === undefined ? undefined : await findByRequestKey(tx, system.id, requestKey);
    if (row) {
      const issued = issuedBefore(platform, system.id, { row, credential });
      return { ...issued, others: await listBeside(tx, system.id, row.id) };
    }

    const { retired, ...issued } = await issueCredential(platform, tx, {
      systemId: system.id,
      credential,
      requestKey,
    });
    await recordChange(platform, tx, {
      kind: 'credential_rotated',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: system.id,
      by,
      claims: {
        externalId: system.externalId,
        credentialId: issued.credentialId,
        credentialKind: issued.kind,
        retiredCredentialIds: [...retired],
      },
    });
    return { ...issued, others: await listBeside(tx, system.id, issued.credentialId) };
  });
}
