import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { problemResponses } from '#foundation/http';
import { sendStatusDraft } from '../native/compose-message.ts';
import type { StatusDraft } from '../native/compose-message.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../native/refusals.ts';
import { answerCommand, callerOf } from './command.ts';
import { outcomeOf } from './envelopes.ts';
import * as schema from './schema.ts';

export const statusRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  scope.withTypeProvider<ZodTypeProvider>().post(
    '/statuses',
    {
      schema: {
        summary: 'Report what is done about a document (01 … 06, 15, 16), or ask for it back (13)',
        headers: schema.commandHeaders,
        body: schema.newStatus,
        response: { 200: schema.sent, 201: schema.sent, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { code, text, staff } = request.body;
      const draft = { code, text, staff, about: aboutOf(request.body) };
      return answerCommand(exchange, request, reply, async () =>
        outcomeOf(await sendStatusDraft(exchange, callerOf(request), draft), request),
      );
    },
  );
};

function aboutOf({ deliveryId, from, document }: z.output<typeof schema.newStatus>): StatusDraft['about'] {
  if (deliveryId !== undefined && from === undefined && document === undefined)
    return { delivery: deliveryId };
  if (deliveryId !== undefined || from === undefined || document === undefined)
    throw refuse('status_about_unclear');
  const { promulgatedOn, ...answered } = document;
  return {
    from,
    document: {
      ...answered,
      promulgatedOn: promulgatedOn === undefined ? undefined : Temporal.PlainDate.from(promulgatedOn),
    },
  };
}
