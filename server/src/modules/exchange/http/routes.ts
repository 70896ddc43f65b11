/**
 * `/api/exchange`: the native way in, for systems that are written now. JSON and files in, JSON and files out; whoever has
 * edXML may send and fetch that. Authenticated by access tokens (`/oauth/token`). It decides nothing: each route calls a
 * use case that VXP calls too.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { apiClientOf, authenticateApiRequests } from '#directory';
import { problemOf } from '#foundation/http';
import { Refusal } from '#foundation/refusal';
import { tusRoutes } from '#foundation/upload';
import type { Exchange } from '../exchange.ts';
import { answerUnread, unreadBody } from '../wire/answer-unread.ts';
import { callerOf } from './command.ts';
import { connectionTestRoutes } from './connection-tests.ts';
import { deliveryRoutes } from './deliveries.ts';
import { dutyRoutes } from './duties.ts';
import { envelopeRoutes } from './envelopes.ts';
import { eventRoutes } from './events.ts';
import { organisationRoutes } from './organisations.ts';
import { readStream } from './read-body.ts';
import { refuse } from '../native/refusals.ts';
import { takingBackRoutes } from './taking-back.ts';
import { webhookRoutes } from './webhooks.ts';
import { statusRoutes } from './statuses.ts';

/** Register under the prefix `/api/exchange`. */
export const nativeRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  scope.decorateRequest('apiClient', null);
  scope.setErrorHandler(answerFailure);
  const admit = admission(exchange);
  await scope.register(async (authenticated) => {
    authenticated.addHook('onRequest', admit);
    await authenticated.register(organisationRoutes, { exchange });
    await authenticated.register(envelopeRoutes, { exchange });
    await authenticated.register(deliveryRoutes, { exchange });
    await authenticated.register(statusRoutes, { exchange });
    await authenticated.register(eventRoutes, { exchange });
    await authenticated.register(dutyRoutes, { exchange });
    await authenticated.register(webhookRoutes, { exchange });
    await authenticated.register(takingBackRoutes, { exchange });
    await authenticated.register(connectionTestRoutes, { exchange });
  });
  await scope.register(tusRoutes, {
    prefix: '/uploads',
    platform: exchange.platform,
    authenticate: admit,
    ownerOf: (request) => apiClientOf(request).system.systemId,
    readBody: readStream,
    hold: (request, upload, work) => exchange.gate.hold(callerOf(request), upload, work),
  });
};

function admission(exchange: Exchange): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const authenticate = authenticateApiRequests(exchange.platform);
  return async (request, reply) => {
    await authenticate(request, reply);
    const mayAsk = exchange.gate.takeRequest(callerOf(request));
    if (!mayAsk.ok) throw refuse('too_many_requests', { seconds: mayAsk.retryAfterSeconds });
  };
}

/** As everywhere; but the answer to a large body that nobody will read is written so that its sender gets to see it. */
function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (unreadBody(request.raw) !== 'much') throw error;
  const problem = problemOf(error, {
    requestId: request.id,
    acceptLanguage: request.headers['accept-language'],
  });
  if (problem.status >= 500 && !(error instanceof Refusal)) {
    request.log.error({ route: request.routeOptions.url, error });
  }
  const kept = reply.getHeaders() as OutgoingHttpHeaders;
  reply.hijack();
  void answerUnread(request.raw, reply.raw, {
    status: problem.status,
    headers: { ...kept, 'content-type': 'application/problem+json; charset=utf-8' },
    text: JSON.stringify(problem),
  });
}
