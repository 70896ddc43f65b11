/** The change feed over HTTP: short poll, long poll. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { problemResponses } from '#foundation/http';
import type { Exchange } from '../exchange.ts';
import { presentEvents } from '../feed/present-events.ts';
import { readFeed } from '../feed/read-feed.ts';
import { callerOf } from './command.ts';
import * as schema from './feed-schema.ts';

export const eventRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/events',
    {
      schema: {
        summary:
          'What changed, in the order of the evidence log; whoever goes on from the cursor misses nothing',
        querystring: schema.eventQuery,
        response: { 200: schema.eventPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { after, limit, wait } = request.query;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const page = await readFeed(exchange, callerOf(request), {
        ...(after !== undefined && { after }),
        limitRows: limit,
        waitSeconds: wait,
        signal: gone.signal,
      });
      const { events, cursor, hasMore } = page;
      return { events: await presentEvents(exchange, events), cursor, hasMore };
    },
  );
};
