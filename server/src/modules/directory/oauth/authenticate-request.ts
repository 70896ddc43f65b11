/** Who a request with an access token comes from, as the system is now. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CredentialId } from '#foundation/ids';
import { createAttemptLimit } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';
import type { AuthenticatedSystem } from '../connected-system.ts';
import { findSystem } from '../find-system.ts';
import { readAccessToken } from './access-token.ts';
import { refuse } from './refusals.ts';

export interface ApiClient {
  readonly system: AuthenticatedSystem;
  readonly credentialId: CredentialId;
  /** `sha256:…` of the assertion under which the client got its token. */
  readonly assertion: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated as a connected system's. */
    apiClient: ApiClient | null;
  }
}

const failureLimit = { failures: 200, withinSeconds: 10, addresses: 20_000 };

/** Before anything of the body is read. Decorate the scope with `apiClient`. */
export function authenticateApiRequests(
  platform: Platform,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const attempts = createAttemptLimit(failureLimit);
  return async (request, reply) => {
    attempts.check(request.ip);
    const client = await findClient(platform, request.headers.authorization);
    if (client?.system.state === 'active') {
      request.apiClient = client;
      return;
    }
    attempts.failed(request.ip);
    reply.header('WWW-Authenticate', 'Bearer realm="Lien Thong", error="invalid_token"');
    throw refuse(client ? 'client_suspended' : 'token_invalid');
  };
}

export function apiClientOf(request: FastifyRequest): ApiClient {
  assert(request.apiClient, 'routes of the native API run behind authentication');
  return request.apiClient;
}

async function findClient(
  platform: Platform,
  authorization: string | undefined,
): Promise<ApiClient | undefined> {
  const token = /^bearer +([!-~]{1,4096})$/i.exec(authorization ?? '')?.[1];
  const content = token === undefined ? undefined : await readAccessToken(platform.secrets, token);
  if (!content) return undefined;
  const system = await findSystem(platform, content.externalId);
  const { credentialId, assertion } = content;
  if (!system) return undefined;
  const valid = [...system.credentials.api_secret, ...system.credentials.api_key];
  if (!valid.some((credential) => credential.credentialId === credentialId)) return undefined;
  return { system, credentialId, assertion };
}
