/** `private_key_jwt`: the client signs who it is, for us, for a few minutes, once (RFC 7523 §3, RFC 7521). */
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { ProtectedHeaderParameters } from 'jose';
import type { AuthenticatedSystem } from '../connected-system.ts';
import type { ApiKey } from '../credential.ts';
import { refuse } from './refusals.ts';

export interface ProvenAssertion {
  readonly key: ApiKey;
  readonly jtiDigest: Buffer;
  readonly expiresAt: Temporal.Instant;
}

export const maxAssertionCharacters = 8_192;
const maxLifeSeconds = 300;
/** Clocks of agencies are not always right, and a wrong one by a minute must not shut anybody out. */
const toleratedSeconds = 60;
const maxJtiCharacters = 200;

/** Whom the assertion claims to come from; nothing of it is believed yet. */
export function claimedClient(assertion: string): string | undefined {
  if (assertion.length > maxAssertionCharacters) return undefined;
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' && /^[!-~]{1,100}$/.test(sub) ? sub : undefined;
  } catch {
    return undefined;
  }
}

export async function proveAssertion(
  assertion: string,
  {
    system,
    audiences,
    now,
  }: {
    readonly system: AuthenticatedSystem;
    readonly audiences: readonly string[];
    readonly now: Temporal.Instant;
  },
): Promise<ProvenAssertion> {
  const key = findKey(system, assertion);
  const claims = await verify(assertion, key, {
    issuer: system.externalId,
    subject: system.externalId,
    audience: [...audiences],
    requiredClaims: ['exp', 'jti'],
    clockTolerance: toleratedSeconds,
    currentDate: new Date(now.epochMilliseconds),
  });
  const { exp, jti } = claims;
  if (exp === undefined || exp > now.epochMilliseconds / 1000 + maxLifeSeconds + toleratedSeconds) {
    throw refuse('assertion_refused', {
      reason: { vi: 'exp quá 5 phút kể từ bây giờ', en: 'exp is more than 5 minutes ahead' },
    });
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiCharacters) {
    throw refuse('assertion_refused', {
      reason: { vi: 'jti thiếu hoặc quá dài', en: 'jti is missing or too long' },
    });
  }
  return {
    key,
    jtiDigest: createHash('sha256').update(jti).digest(),
    // Until nobody would take it any more, by the clock that is the most behind.
    expiresAt: Temporal.Instant.fromEpochMilliseconds(Math.ceil((exp + 2 * toleratedSeconds) * 1000)),
  };
}

/** By `kid`; a client with one key may leave it out. The algorithm is the key's, never the assertion's choice. */
function findKey(system: AuthenticatedSystem, assertion: string): ApiKey {
  const { kid, alg } = headerOf(assertion);
  const keys = system.credentials.api_key;
  const key = kid === undefined && keys.length === 1 ? keys[0] : keys.find(({ keyId }) => keyId === kid);
  // EdDSA is what Ed25519 was called before RFC 9864.
  const isItsAlgorithm = key && (alg === key.algorithm || (alg === 'EdDSA' && key.algorithm === 'Ed25519'));
  if (!isItsAlgorithm) throw refuse('client_unauthenticated');
  return key;
}

function headerOf(assertion: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(assertion);
  } catch (error) {
    throw refuse('client_unauthenticated', {}, { cause: error });
  }
}

async function verify(assertion: string, key: ApiKey, options: Parameters<typeof jwtVerify>[2]) {
  try {
    return (await jwtVerify(assertion, key.publicKey, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw refuse('assertion_refused', { reason: { vi: 'đã hết hạn', en: 'it has expired' } });
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw refuse('assertion_refused', { reason: `${error.claim}: ${error.reason}` });
    }
    if (error instanceof errors.JOSEError) throw refuse('client_unauthenticated', {}, { cause: error });
    throw error;
  }
}
