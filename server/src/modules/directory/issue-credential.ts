/** Making and opening what a system proves itself with. */
import { randomBytes } from 'node:crypto';
import {
  credentialContext,
  digestOfSecret,
  placesOf,
  type IssuedCredential,
  type NewCredential,
  type ValidCredentials,
} from './credential.ts';
import { openPublicKey } from './public-key.ts';
import { refuse } from './refusals.ts';
import {
  endCredential,
  insertCredential,
  listValidCredentials,
  type CredentialRow,
  type StoredCredential,
} from './store/credentials.ts';
import type { Transaction } from '#foundation/db';
import { newId, type CredentialId, type SystemId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';

/**
 * Puts a new credential beside those that are valid; where all places of its kind are taken, the oldest of the kind
 * ends. The caller holds the system's lock.
 */
export async function issueCredential(
  platform: Platform,
  tx: Transaction,
  request: { systemId: SystemId; credential: NewCredential; requestKey: string | undefined },
): Promise<IssuedCredential & { retired: readonly CredentialId[] }> {
  const { systemId, credential } = request;
  const { kind } = credential;
  const all = await listValidCredentials(tx, systemId);
  if (kind === 'api_key' && all.some(({ keyId }) => keyId === credential.publicKey.keyId)) {
    throw refuse('key_id_taken', { keyId: credential.publicKey.keyId });
  }
  const valid = all.filter((row) => row.kind === kind);
  const [kept, ended] = [valid.slice(0, placesOf[kind] - 1), valid.slice(placesOf[kind] - 1)];
  for (const { id } of ended) await endCredential(tx, id);

  const credentialId = newId<'credential'>();
  const { secret, stored } = makeCredential(platform, { systemId, credentialId, credential });
  const places = Array.from({ length: placesOf[kind] }, (_, index) => index + 1);
  const place = places.find((number) => !kept.some((row) => row.place === number));
  assert(place !== undefined, 'one place is always free for the newest');
  await insertCredential(tx, {
    id: credentialId,
    systemId,
    place,
    requestKey: request.requestKey ?? null,
    ...stored,
  });
  return { credentialId, kind, secret, keyId: stored.keyId, retired: ended.map(({ id }) => id) };
}

function makeCredential(
  platform: Platform,
  { systemId, credentialId, credential }: MadeFor,
): { secret: string | null; stored: StoredCredential } {
  const nothing = { secretSealed: null, secretDigest: null, publicKey: null, keyId: null };
  if (credential.kind === 'api_key') {
    const { jwk, keyId } = credential.publicKey;
    return { secret: null, stored: { ...nothing, kind: credential.kind, publicKey: jwk, keyId } };
  }
  const { kind, secret = randomBytes(32).toString('base64url') } = credential;
  if (kind !== 'vxp') return { secret, stored: { ...nothing, kind, secretDigest: digestOfSecret(secret) } };
  const secretSealed = platform.secrets.seal(Buffer.from(secret), credentialContext(systemId, credentialId));
  return { secret, stored: { ...nothing, kind, secretSealed } };
}

interface MadeFor {
  readonly systemId: SystemId;
  readonly credentialId: CredentialId;
  readonly credential: NewCredential;
}

/**
 * What answers a repeat of the act that issued it. A secret of which only the digest is kept cannot be told again,
 * unless the caller brought it: so clients that want safe repeats make the secret themselves.
 */
export function issuedBefore(
  platform: Platform,
  systemId: SystemId,
  { row, credential }: { row: CredentialRow; credential: NewCredential },
): IssuedCredential {
  const { id: credentialId, kind, keyId } = row;
  if (kind !== credential.kind || row.isRetired) throw refuse('request_key_used');
  if (credential.kind === 'api_key') {
    if (keyId !== credential.publicKey.keyId) throw refuse('request_key_used');
    return { credentialId, kind, secret: null, keyId };
  }
  if (kind === 'vxp') return { credentialId, kind, secret: openSecret(platform, systemId, row), keyId };
  if (credential.secret === undefined) throw refuse('secret_shown_once', { credential: credentialId });
  if (!digestOfSecret(credential.secret).equals(row.secretDigest!)) throw refuse('request_key_used');
  return { credentialId, kind, secret: credential.secret, keyId };
}

/** The valid credentials of a system as its dialects check them. */
export function openCredentials(
  platform: Platform,
  systemId: SystemId,
  rows: readonly CredentialRow[],
): ValidCredentials {
  const of = (kind: CredentialRow['kind']): CredentialRow[] => rows.filter((row) => row.kind === kind);
  const digested = (row: CredentialRow) => ({ credentialId: row.id, secretDigest: row.secretDigest! });
  return {
    vxp: of('vxp').map((row) => ({ credentialId: row.id, secret: openSecret(platform, systemId, row) })),
    lgsp: of('lgsp').map(digested),
    api_secret: of('api_secret').map(digested),
    api_key: of('api_key').map((row) => ({
      credentialId: row.id,
      keyId: row.keyId!,
      ...openPublicKey(row.publicKey!),
    })),
  };
}

function openSecret(platform: Platform, systemId: SystemId, row: CredentialRow): string {
  return platform.secrets.open(row.secretSealed!, credentialContext(systemId, row.id)).toString();
}
