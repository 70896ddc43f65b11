/**
 * Access tokens: JWTs (RFC 9068) of ten minutes under a key that every server process derives from the master key. They
 * are opaque to clients, and we alone check them, so one secret key serves: nothing is stored, nothing is published. They
 * name system and credential, and both are looked up at each use: a suspension or a retired credential holds at once.
 */
import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { CredentialId } from '#foundation/ids';
import type { SecretBox } from '#foundation/secrets';

export const tokenSeconds = 600;

export interface TokenContent {
  /** The id that the system itself sends. */
  readonly externalId: string;
  readonly credentialId: CredentialId;
  /** `sha256:…` of the assertion that the client signed to get it, where it did. */
  readonly assertion?: string | undefined;
}

const purpose = 'lienthong access token v1';
const type = 'at+jwt';

export async function issueAccessToken(
  secrets: SecretBox,
  { issuer, externalId, credentialId, assertion }: TokenContent & { readonly issuer: string },
): Promise<string> {
  const [key] = secrets.deriveKeys(purpose);
  return new SignJWT({ client_id: externalId, credential: credentialId, ...(assertion && { assertion }) })
    .setProtectedHeader({ alg: 'HS256', typ: type })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(externalId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${tokenSeconds}s`)
    .sign(key!);
}

/**
 * Undefined for anything but an unexpired token of ours. Issuer and audience are for clients that look inside: the key
 * is this installation's and made for nothing else, so it says both.
 */
export async function readAccessToken(secrets: SecretBox, token: string): Promise<TokenContent | undefined> {
  for (const key of secrets.deriveKeys(purpose)) {
    try {
      const { payload } = await jwtVerify(token, key, {
        typ: type,
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
      });
      const { sub, credential, assertion } = contentForm.parse(payload);
      return { externalId: sub, credentialId: credential as CredentialId, assertion };
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
  return undefined;
}

const contentForm = z.object({ sub: z.string(), credential: z.string(), assertion: z.string().optional() });
