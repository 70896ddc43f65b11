/** Making and opening the secret that a system shares with the axis. */
import { randomBytes } from 'node:crypto';
import { credentialContext, type IssuedCredential } from './connected-system.ts';
import {
  insertCredential,
  listValidCredentials,
  retireCredential,
  type CredentialRow,
} from './store/credentials.ts';
import type { Transaction } from '#foundation/db';
import { newId, type CredentialId, type SystemId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/** Puts a new secret beside the valid one; a third retires the oldest. The caller holds the system's lock. */
export async function issueCredential(
  platform: Platform,
  tx: Transaction,
  request: { systemId: SystemId; secret?: string | undefined; requestKey?: string | undefined },
): Promise<IssuedCredential & { retired: readonly CredentialId[] }> {
  const { systemId } = request;
  const [newest, ...older] = await listValidCredentials(tx, systemId);
  for (const { id } of older) await retireCredential(tx, id);

  const credentialId = newId<'credential'>();
  const secret = request.secret ?? randomBytes(32).toString('base64url');
  await insertCredential(tx, {
    id: credentialId,
    systemId,
    place: newest?.place === 1 ? 2 : 1,
    secretSealed: platform.secrets.seal(Buffer.from(secret), credentialContext(systemId, credentialId)),
    requestKey: request.requestKey ?? null,
  });
  return { credentialId, secret, retired: older.map(({ id }) => id) };
}

export function openCredential(
  platform: Platform,
  systemId: SystemId,
  credential: Pick<CredentialRow, 'id' | 'secretSealed'>,
): IssuedCredential {
  const opened = platform.secrets.open(credential.secretSealed, credentialContext(systemId, credential.id));
  return { credentialId: credential.id, secret: opened.toString() };
}
