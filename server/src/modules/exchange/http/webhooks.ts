/**
 * Webhooks of a system. None of these takes an `Idempotency-Key`: a kept answer would keep the secret. Repeating is safe by
 * itself: an address is registered once, and a secret that was lost is made anew.
 */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { formatInstant } from '#foundation/clock';
import { problemResponses } from '#foundation/http';
import { actorOf } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { getWebhook, listWebhooks } from '../webhooks/list-webhooks.ts';
import { registerWebhook } from '../webhooks/register-webhook.ts';
import { removeWebhook } from '../webhooks/remove-webhook.ts';
import { resumeWebhook } from '../webhooks/resume-webhook.ts';
import { rotateWebhookSecret } from '../webhooks/rotate-webhook-secret.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { callerOf } from './command.ts';
import * as schema from './webhook-schema.ts';

export const webhookRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/webhooks',
    {
      schema: {
        summary: 'The webhooks of this system, and how each of them does',
        response: { 200: schema.webhookList, ...problemResponses },
      },
    },
    async (request) => ({
      webhooks: (await listWebhooks(exchange, callerOf(request))).map(presentWebhook),
    }),
  );

  routes.post(
    '/webhooks',
    {
      schema: {
        summary: 'Be told of events at an address, from now on; at most five a system',
        body: schema.newWebhook,
        response: { 200: schema.registeredWebhook, 201: schema.registeredWebhook, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { url, description = null } = request.body;
      const { webhook, secret } = await registerWebhook(exchange, callerOf(request), { url, description });
      reply.status(secret === undefined ? 200 : 201);
      return { webhook: presentWebhook(webhook), secret: secret ?? null };
    },
  );

  routes.get(
    '/webhooks/:webhook',
    {
      schema: {
        summary: 'One webhook',
        params: schema.oneWebhook,
        response: { 200: schema.webhook, ...problemResponses },
      },
    },
    async (request) => presentWebhook(await getWebhook(exchange, callerOf(request), request.params.webhook)),
  );

  routes.delete(
    '/webhooks/:webhook',
    {
      schema: {
        summary: 'Be told there no more; repeating it changes nothing',
        params: schema.oneWebhook,
        response: { 204: schema.nothing, ...problemResponses },
      },
    },
    async (request, reply) => {
      await removeWebhook(exchange, callerOf(request), request.params.webhook);
      return reply.status(204).send(null);
    },
  );

  routes.post(
    '/webhooks/:webhook/secrets',
    {
      schema: {
        summary: 'Make a new secret; the former one signs beside it for a day',
        params: schema.oneWebhook,
        response: { 201: schema.rotatedSecret, ...problemResponses },
      },
    },
    async (request, reply) => {
      const rotated = await rotateWebhookSecret(exchange, callerOf(request), request.params.webhook);
      reply.status(201);
      return { secret: rotated.secret, formerSecretUntil: formatInstant(rotated.formerUntil) };
    },
  );

  routes.post(
    '/webhooks/:webhook/resumption',
    {
      schema: {
        summary: 'Call again at once, from where it stopped',
        params: schema.oneWebhook,
        response: { 200: schema.webhook, ...problemResponses },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const resumption = { id: request.params.webhook, systemId: caller.systemId, by: actorOf(caller) };
      return presentWebhook(await resumeWebhook(exchange, resumption));
    },
  );
};

export function presentWebhook(webhook: Webhook): z.output<typeof schema.webhook> {
  const { failingSince, failures, lastFailure, stopReason, lastSuccessAt, formerUntil } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    description: webhook.description,
    createdAt: formatInstant(webhook.createdAt),
    state: stopReason === null ? 'active' : 'stopped',
    stateSince: formatInstant(webhook.stateAt),
    stopReason,
    cursor: webhook.cursor,
    lastSuccessAt: lastSuccessAt && formatInstant(lastSuccessAt),
    failing: failingSince && {
      since: formatInstant(failingSince),
      failures,
      lastFailure: lastFailure ?? '',
      nextAttemptAt: stopReason === null ? formatInstant(webhook.dueAt) : null,
    },
    formerSecretUntil: formerUntil && formatInstant(formerUntil),
  };
}
