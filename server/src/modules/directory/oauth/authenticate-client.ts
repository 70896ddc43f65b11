/** Which system asks for a token, by which of its credentials: one of the three ways of RFC 6749 §2.3 and RFC 7523. */
import { createHash } from 'node:crypto';
import { inTransaction } from '#foundation/db';
import { formatDigest, record } from '#foundation/evidence';
import type { CredentialId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import type { AuthenticatedSystem } from '../connected-system.ts';
import { findCredentialBySecret } from '../credential.ts';
import { findSystem } from '../find-system.ts';
import { locateAxis } from '../record-change.ts';
import { useAssertion } from '../store/seen-assertions.ts';
import { claimedClient, proveAssertion } from './client-assertion.ts';
import { refuse } from './refusals.ts';

export type PresentedClient =
  | { readonly by: 'secret'; readonly id: string; readonly secret: string }
  | { readonly by: 'assertion'; readonly id: string | undefined; readonly assertion: string };

export interface AuthenticatedClient {
  readonly externalId: string;
  readonly credentialId: CredentialId;
  /** `sha256:…` of what the client signed. */
  readonly assertion?: string;
}

export interface TokenRequest {
  readonly audiences: readonly string[];
  /** Refuses a client that asks too often. Asked once it proved who it is: nobody uses up the share of another. */
  readonly admit: (system: AuthenticatedSystem) => void;
}

export async function authenticateClient(
  platform: Platform,
  presented: PresentedClient,
  request: TokenRequest,
): Promise<AuthenticatedClient> {
  return presented.by === 'secret'
    ? authenticateBySecret(platform, presented, request)
    : authenticateByAssertion(platform, presented, request);
}

async function authenticateBySecret(
  platform: Platform,
  { id, secret }: { readonly id: string; readonly secret: string },
  { admit }: TokenRequest,
): Promise<AuthenticatedClient> {
  const system = await lookUp(platform, id);
  const credentialId = findCredentialBySecret(system, 'api_secret', secret);
  if (!system || !credentialId) throw refuse('client_unauthenticated');
  refuseSuspended(system);
  admit(system);
  return { externalId: system.externalId, credentialId };
}

async function authenticateByAssertion(
  platform: Platform,
  { id, assertion }: { readonly id: string | undefined; readonly assertion: string },
  { audiences, admit }: TokenRequest,
): Promise<AuthenticatedClient> {
  const claimed = claimedClient(assertion);
  const system = claimed === undefined ? undefined : await lookUp(platform, claimed);
  if (!system || (id !== undefined && id !== claimed)) throw refuse('client_unauthenticated');
  const now = Temporal.Now.instant();
  const proven = await proveAssertion(assertion, { system, audiences, now });
  refuseSuspended(system);
  admit(system);

  const { credentialId } = proven.key;
  const digest = formatDigest(createHash('sha256').update(assertion).digest());
  const axis = await locateAxis(platform);
  await inTransaction(platform.database.app, { organisations: [axis.organisationId] }, async (tx) => {
    const isFirst = await useAssertion(tx, { systemId: system.systemId, ...proven });
    if (!isFirst) {
      throw refuse('assertion_refused', {
        reason: { vi: 'jti đã được dùng', en: 'its jti was used before' },
      });
    }
    // The client's signature is kept: every act under this token names its digest.
    await record(tx, platform.receipts, {
      kind: 'directory.token_issued',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: system.systemId,
      actor: { method: 'oauth', system: system.systemId, credential: credentialId, assertion: digest },
      claims: { externalId: system.externalId, credentialId },
      detail: { assertion },
    });
  });
  return { externalId: system.externalId, credentialId, assertion: digest };
}

async function lookUp(platform: Platform, id: string): Promise<AuthenticatedSystem | undefined> {
  return /^[!-~]{1,100}$/.test(id) ? findSystem(platform, id) : undefined;
}

/** Only to who proved to be it. */
function refuseSuspended(system: AuthenticatedSystem): void {
  if (system.state === 'suspended') throw refuse('client_suspended');
}
