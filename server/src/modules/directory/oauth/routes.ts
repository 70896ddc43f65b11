/**
 * `/oauth/token`: the client credentials grant (RFC 6749 §4.4), and the metadata by which clients find it (RFC 8414).
 * Refusals of the token endpoint have the form that RFC 6749 §5.2 gives them, with our code beside.
 */
import type {
  FastifyError,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createAttemptLimit, createTokenBuckets, languageOf, problemOf } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { Refusal } from '#foundation/refusal';
import type { AuthenticatedSystem } from '../connected-system.ts';
import { issueAccessToken, tokenSeconds } from './access-token.ts';
import { authenticateClient } from './authenticate-client.ts';
import { refuse } from './refusals.ts';
import { readPresentedClient, tokenParameters } from './token-request.ts';

export interface OAuthOptions {
  readonly platform: Platform;
  /** Where clients reach the axis, without a slash at the end. Where nobody said, the address of each request counts. */
  readonly publicUrl: string | undefined;
  /** Whether the address of a request may stand in for it: an assertion made for another server must not open this one. */
  readonly trustsRequestAddress: boolean;
}

const failureLimit = { failures: 200, withinSeconds: 10, addresses: 20_000 };
/** A token lasts ten minutes, and each one under a signature is an entry of the log: a machine needs few. */
const tokenLimit = { ratePerSecond: 1, burst: 120 };
const maxClients = 20_000;

const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().meta({ description: 'Seconds' }),
});
const tokenRefusal = z
  .object({
    error: z.string().meta({ description: 'As RFC 6749 §5.2 names it.' }),
    error_description: z.string(),
    code: z.string().meta({ description: 'The stable code; see docs/protocols/refusals.md.' }),
  })
  .meta({ id: 'TokenRefusal' });
const metadata = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
});

export const oauthRoutes: FastifyPluginAsync<OAuthOptions> = async (scope, options) => {
  const issuerOf = (request: FastifyRequest): string => {
    if (options.publicUrl !== undefined) return options.publicUrl;
    if (!options.trustsRequestAddress) throw refuse('address_unknown');
    return `${request.protocol}://${request.host}`;
  };
  scope
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/.well-known/oauth-authorization-server',
      { schema: { summary: 'Where tokens are issued, and how (RFC 8414)', response: { 200: metadata } } },
      async (request) => {
        const issuer = issuerOf(request);
        return {
          issuer,
          token_endpoint: `${issuer}/oauth/token`,
          grant_types_supported: ['client_credentials'],
          response_types_supported: [],
          token_endpoint_auth_methods_supported: [
            'private_key_jwt',
            'client_secret_basic',
            'client_secret_post',
          ],
          token_endpoint_auth_signing_alg_values_supported: ['Ed25519', 'EdDSA', 'ES256', 'RS256'],
        };
      },
    );
  await scope.register(async (tokens) => tokenRoute(tokens, options.platform, issuerOf));
};

function tokenRoute(
  scope: FastifyInstance,
  platform: Platform,
  issuerOf: (request: FastifyRequest) => string,
): void {
  const attempts = createAttemptLimit(failureLimit);
  const issued = createTokenBuckets(maxClients);
  const admit = ({ systemId }: AuthenticatedSystem): void => {
    const taken = issued.take(systemId, tokenLimit, performance.now());
    if (!taken.ok) throw refuse('tokens_too_many', { seconds: taken.retryAfterSeconds });
  };
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 32 * 1024 },
    (_request, body, done) => done(null, parseForm(String(body))),
  );
  scope.setErrorHandler((error, request, reply) => answerRefusal(error, request, reply));

  scope.withTypeProvider<ZodTypeProvider>().post(
    '/oauth/token',
    {
      schema: {
        summary: 'An access token for ten minutes (RFC 6749 §4.4)',
        consumes: ['application/x-www-form-urlencoded'],
        body: tokenParameters,
        response: { 200: tokenAnswer, '4xx': tokenRefusal, '5xx': tokenRefusal },
      },
    },
    async (request) => {
      attempts.check(request.ip);
      const issuer = issuerOf(request);
      const presented = readPresentedClient(request.body, request.headers.authorization);
      const client = await authenticateClient(platform, presented, {
        audiences: [issuer, `${issuer}/oauth/token`],
        admit,
      }).catch((error: unknown) => {
        if (error instanceof Refusal && error.kind === 'unauthenticated') attempts.failed(request.ip);
        throw error;
      });
      const token = await issueAccessToken(platform.secrets, { issuer, ...client });
      return { access_token: token, token_type: 'Bearer' as const, expires_in: tokenSeconds };
    },
  );
}

/** RFC 6749 §3.2: a parameter must not be given twice. */
function parseForm(body: string): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    if (Object.hasOwn(form, name)) {
      throw refuse('request_malformed', {
        reason: { vi: 'tham số bị lặp lại', en: 'a parameter is given twice' },
      });
    }
    form[name] = value;
  }
  return form;
}

function answerRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const acceptLanguage = request.headers['accept-language'];
  const problem = problemOf(error, { requestId: request.id, acceptLanguage });
  if (problem.status >= 500 && !(error instanceof Refusal)) {
    request.log.error({ route: request.routeOptions.url, error: error as FastifyError });
  }
  if (problem.status === 401 && request.headers.authorization !== undefined) {
    reply.header('WWW-Authenticate', 'Basic realm="Lien Thong", charset="UTF-8"');
  }
  const seconds = problem.parameters['seconds'];
  if (problem.status === 429 && typeof seconds === 'number') reply.header('Retry-After', String(seconds));
  if (!request.raw.complete) reply.header('Connection', 'close');
  return reply
    .status(problem.status)
    .type('application/json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .header('Content-Language', languageOf(acceptLanguage))
    .send({
      error: oauthErrorOf(problem.code, problem.status),
      error_description: problem.title,
      code: problem.code,
    });
}

function oauthErrorOf(code: string, status: number): string {
  if (code === 'oauth.grant_unsupported') return 'unsupported_grant_type';
  if (status === 401) return 'invalid_client';
  return status < 500 && status !== 429 ? 'invalid_request' : 'temporarily_unavailable';
}
