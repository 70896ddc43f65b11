/**
 * The token of a login: sealed under the master key, so that every process of the installation opens it and none keeps
 * it. It says which credential of which system proved itself, and until when; that the credential still stands is asked
 * at each use, so that a suspension or rotation ends it at once.
 */
import { z } from 'zod';
import type { CredentialId } from '#foundation/ids';
import type { SecretBox } from '#foundation/secrets';
import { refuse } from './refusals.ts';

/** As the hub gives them; real clients log in again after 29. */
export const tokenMinutes = 30;

export interface TokenClaims {
  /** As the system calls itself. */
  readonly externalId: string;
  readonly credentialId: CredentialId;
}

export interface Tokens {
  issue(claims: TokenClaims, now: Temporal.Instant): string;
  /** Refuses what was not issued here, was changed, or is too old. */
  open(token: string, now: Temporal.Instant): TokenClaims;
}

export function createTokens(secrets: SecretBox): Tokens {
  return {
    issue({ externalId, credentialId }, now) {
      const until = now.add({ minutes: tokenMinutes }).epochMilliseconds;
      const text = JSON.stringify({ externalId, credentialId, until });
      return secrets.seal(Buffer.from(text), context).toString('base64url');
    },
    open(token, now) {
      const { until, ...claims } = openSealed(secrets, token);
      if (now.epochMilliseconds >= until) throw refuse('token_expired', { minutes: tokenMinutes });
      return claims;
    },
  };
}

const context = 'lgsp token';

const sealedClaims = z.strictObject({
  externalId: z.string(),
  credentialId: z.string().transform((id) => id as CredentialId),
  until: z.number(),
});

function openSealed(secrets: SecretBox, token: string): z.infer<typeof sealedClaims> {
  let opened: Buffer;
  try {
    opened = secrets.open(Buffer.from(token, 'base64url'), context);
  } catch (error) {
    throw refuse('token_invalid', {}, { cause: error });
  }
  return sealedClaims.parse(JSON.parse(opened.toString()));
}
