/** Taking back, answering it, putting mail back into its list, and how far what was passed on got. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { problemResponses } from '#foundation/http';
import { actorOf } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { sendStatusDraft } from '../native/compose-message.ts';
import { recallEnvelope } from '../native/recall-envelope.ts';
import { readOnward } from '../read-onward.ts';
import { redeliver } from '../redeliver.ts';
import { answerCommand, callerOf, languageFor } from './command.ts';
import { outcomeOf } from './envelopes.ts';
import { presentSent } from './present.ts';
import * as schema from './taking-back-schema.ts';
import { commandHeaders, oneDelivery, oneEnvelope, sent } from './schema.ts';

export const takingBackRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/envelopes/:envelope/recalls',
    {
      schema: {
        summary: 'Take back what was sent: lấy lại (13) or thu hồi (type 1)',
        params: oneEnvelope,
        headers: commandHeaders,
        body: schema.newRecall,
        response: { 200: schema.recalled, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { act, organisations, reason } = request.body;
      const recall = { envelope: request.params.envelope, act, organisations, reason };
      const language = languageFor(request);
      return answerCommand(exchange, request, reply, async () => {
        const outcome = await recallEnvelope(exchange, callerOf(request), recall);
        const messages = outcome.sent.map(({ organisations: asked, ...message }) => ({
          ...presentSent(message, language),
          organisations: asked,
        }));
        const unasked = outcome.unasked.map(({ code, refusal }) => ({
          code,
          reason: refusal.code,
          title: refusal.sentence(language),
        }));
        return { status: 200, body: { sent: messages, unasked } };
      });
    },
  );

  routes.post(
    '/deliveries/:delivery/recall-answers',
    {
      schema: {
        summary: 'Answer whoever takes a copy back: agree (15) or decline (16)',
        params: oneDelivery,
        headers: commandHeaders,
        body: schema.newRecallAnswer,
        response: { 200: sent, 201: sent, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { agree, text } = request.body;
      const draft = { code: agree ? '15' : '16', text, about: { delivery: request.params.delivery } };
      return answerCommand(exchange, request, reply, async () =>
        outcomeOf(await sendStatusDraft(exchange, callerOf(request), draft), request),
      );
    },
  );

  routes.post(
    '/deliveries/:delivery/redelivery',
    {
      schema: {
        summary: 'Put a copy that was set aside, or could not be stored, back into the list',
        params: oneDelivery,
        headers: commandHeaders,
        response: { 200: schema.redelivered, ...problemResponses },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { receivesFor: organisations } = caller;
      const asked = { organisations, actor: actorOf(caller), id: request.params.delivery };
      return answerCommand(exchange, request, reply, async () => {
        const { receipt = null } = await redeliver(exchange, asked);
        return { status: 200, body: { receipt } };
      });
    },
  );

  routes.get(
    '/envelopes/:envelope/onward',
    {
      schema: {
        summary: 'How far a document got where its recipients passed it on: counts, never who',
        params: oneEnvelope,
        response: { 200: schema.onward, ...problemResponses },
      },
    },
    async (request) => {
      const { counts, ...progress } = await readOnward(exchange, callerOf(request), request.params.envelope);
      return { ...progress, counts: [...counts] };
    },
  );
};
