import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { getOrganisation, listOrganisations, searchOrganisations } from '#directory';
import { inTransaction } from '#foundation/db';
import { problemResponses } from '#foundation/http';
import type { Exchange } from '../exchange.ts';
import * as schema from './schema.ts';

/** The directory as senders need it: everyone on the axis may know who is on it. */
export const organisationRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const { platform } = exchange;
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/organisations',
    {
      schema: {
        summary: 'Find recipients: search, or list in order of code',
        querystring: schema.organisationQuery,
        response: { 200: schema.organisationList, ...problemResponses },
      },
    },
    async ({ query: { search, parent, after, limit } }) =>
      inTransaction(platform.database.app, {}, async (tx) => {
        if (search !== undefined) {
          return { organisations: await searchOrganisations(tx, { query: search, limit }), next: null };
        }
        const organisations = await listOrganisations(tx, { after, limit, parentCode: parent });
        const last = organisations.length < limit ? undefined : organisations.at(-1);
        return { organisations, next: last?.code ?? null };
      }),
  );

  routes.get(
    '/organisations/:code',
    {
      schema: {
        summary: 'One organisation, by any code that it has or had',
        params: schema.oneOrganisation,
        response: { 200: schema.organisation, ...problemResponses },
      },
    },
    async ({ params }) => getOrganisation(platform, params.code),
  );
};
