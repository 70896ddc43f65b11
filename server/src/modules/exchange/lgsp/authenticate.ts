/**
 * Who calls. `X-SystemId` and `X-SecretKey` decide where both are there, whatever token comes along: real clients of the
 * hub send one of their administrator's beside the secret of each agency. A token alone stands for the system that
 * logged in.
 */
import { findCredentialBySecret } from '#directory';
import type { AuthenticatedSystem } from '#directory';
import type { CredentialId } from '#foundation/ids';
import { callerOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { refuse } from './refusals.ts';
import type { Tokens } from './token.ts';

export type FindSystem = (externalId: string) => Promise<AuthenticatedSystem | undefined>;

export interface Proof {
  readonly findSystem: FindSystem;
  readonly tokens: Tokens;
  readonly now: Temporal.Instant;
}

/** @param rawHeaders as Node gives them: name, value, name, value. It joins repeats with a comma elsewhere. */
export async function authenticate(rawHeaders: readonly string[], proof: Proof): Promise<Caller> {
  const systemId = onlyHeader(rawHeaders, 'X-SystemId');
  const secret = onlyHeader(rawHeaders, 'X-SecretKey');
  const token = bearerOf(onlyHeader(rawHeaders, 'Authorization'));
  if (systemId && secret) return authenticateBySecret({ systemId, secret }, proof.findSystem);
  if (!token || secret) throw refuse('credentials_missing');
  return authenticateByToken({ systemId, token }, proof);
}

/** An unknown system and a wrong secret are refused alike and cost alike. */
export async function authenticateBySecret(
  { systemId, secret }: { systemId: string; secret: string },
  findSystem: FindSystem,
): Promise<Caller> {
  const system = systemIdForm.test(systemId) ? await findSystem(systemId) : undefined;
  const credentialId = findCredentialBySecret(system, 'lgsp', secret);
  if (!system || !credentialId) throw refuse('wrong_credentials');
  return callerByLgsp(system, credentialId);
}

async function authenticateByToken(
  { systemId, token }: { systemId: string | undefined; token: string },
  { findSystem, tokens, now }: Proof,
): Promise<Caller> {
  const { externalId, credentialId } = tokens.open(token, now);
  if (systemId && systemId !== externalId) throw refuse('wrong_credentials');
  const system = await findSystem(externalId);
  const isValid = system?.credentials.lgsp.some((credential) => credential.credentialId === credentialId);
  if (!system || !isValid) throw refuse('token_invalid');
  return callerByLgsp(system, credentialId);
}

/** Only now is it told that it is suspended: who cannot prove to be the system does not learn that it exists. */
function callerByLgsp(system: AuthenticatedSystem, credentialId: CredentialId): Caller {
  // `edxml` is a text in JSON, which junk before the declaration need not be.
  return { ...callerOf(system, { credentialId, method: 'lgsp' }), normalisesOutgoing: true };
}

/** What the directory allows as an id of a system; anything else is nobody's and needs no look-up. */
const systemIdForm = /^[!-~]{1,100}$/;

function onlyHeader(rawHeaders: readonly string[], name: string): string | undefined {
  const lowerName = name.toLowerCase();
  let value: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== lowerName) continue;
    // Which of two was meant is for nobody to guess: a proxy and we might guess differently.
    if (value !== undefined) throw refuse('header_repeated', { name });
    value = rawHeaders[index + 1]!.trim();
  }
  return value;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w-]{1,2000})$/i.exec(authorization ?? '')?.[1];
}
