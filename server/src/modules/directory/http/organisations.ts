import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { addOrganisation } from '../add-organisation.ts';
import { changeContact } from '../change-contact.ts';
import { endOrganisation } from '../end-organisation.ts';
import { getOrganisation, listOrganisations } from '../find-organisations.ts';
import { mergeOrganisations } from '../merge-organisations.ts';
import type { Level } from '../organisation.ts';
import { renameOrganisation } from '../rename-organisation.ts';
import { searchOrganisations } from '../search-organisations.ts';
import { operatorOf } from './authenticate.ts';
import { nextAfter, presentOrganisation } from './present.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { formatInstant } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { problemResponses } from '#foundation/http';

export const organisationRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (
  scope,
  { platform, hooks },
) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/organisations',
    {
      schema: {
        summary: 'Search, or list in order of code',
        querystring: schema.organisationQuery,
        response: { 200: schema.organisationList, ...problemResponses },
      },
    },
    async ({ query }) => {
      const { search, limit } = query;
      return inTransaction(platform.database.app, {}, async (tx) => {
        if (search !== undefined) {
          const found = await searchOrganisations(tx, { query: search, limit });
          const items = found.map((item) => ({
            ...item,
            id: item.organisationId,
            stateSince: formatInstant(item.stateSince),
          }));
          return { organisations: items, next: null };
        }
        const { after, state, parent: parentCode } = query;
        const level = query.level as Level | undefined;
        const organisations = await listOrganisations(tx, { after, limit, level, state, parentCode });
        return {
          organisations: organisations.map(presentOrganisation),
          next: nextAfter(organisations, limit, ({ code }) => code),
        };
      });
    },
  );

  routes.post(
    '/organisations',
    {
      schema: {
        summary: 'Add an organisation',
        body: schema.newOrganisation,
        response: { 200: schema.organisation, 201: schema.organisation, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { organisation, added } = await addOrganisation(platform, request.body, operatorOf(request));
      return reply.status(added ? 201 : 200).send(presentOrganisation(organisation));
    },
  );

  routes.get(
    '/organisations/:code',
    {
      schema: {
        summary: 'One organisation with its names over time',
        params: schema.codeParameters,
        response: { 200: schema.organisationWithNames, ...problemResponses },
      },
    },
    async ({ params }) => {
      const { names, ...organisation } = await getOrganisation(platform, params.code);
      return {
        ...presentOrganisation(organisation),
        names: names.map(({ name, validFrom, validTo }) => ({
          name,
          validFrom: validFrom.toString(),
          validTo: validTo?.toString() ?? null,
        })),
      };
    },
  );

  routes.patch(
    '/organisations/:code/contact',
    {
      schema: {
        summary: 'Change how the office is reached',
        params: schema.codeParameters,
        body: schema.contact,
        response: { 200: schema.organisation, ...problemResponses },
      },
    },
    async (request) => {
      const wanted = { ...request.body, code: request.params.code };
      const { organisation } = await changeContact(platform, wanted, operatorOf(request));
      return presentOrganisation(organisation);
    },
  );

  routes.post(
    '/organisations/:code/names',
    {
      schema: {
        summary: 'Rename from a day on',
        params: schema.codeParameters,
        body: schema.newName,
        response: { 200: schema.organisation, ...problemResponses },
      },
    },
    async (request) => {
      const { name, on } = request.body;
      const { organisation } = await renameOrganisation(
        platform,
        { code: request.params.code, name, on: on === undefined ? undefined : Temporal.PlainDate.from(on) },
        operatorOf(request),
      );
      return presentOrganisation(organisation);
    },
  );

  routes.post(
    '/organisations/:code/ending',
    {
      schema: {
        summary: 'End without a successor; refused while mail waits',
        params: schema.codeParameters,
        body: schema.newEnding,
        response: { 200: schema.organisation, ...problemResponses },
      },
    },
    async (request) => {
      const ending = { code: request.params.code, reason: request.body.reason };
      const { organisation } = await endOrganisation(platform, hooks, ending, operatorOf(request));
      return presentOrganisation(organisation);
    },
  );

  routes.post(
    '/mergers',
    {
      schema: {
        summary: 'Merge organisations into one',
        body: schema.newMerger,
        response: { 200: schema.merger, ...problemResponses },
      },
    },
    async (request) => {
      const { successor, merged } = await mergeOrganisations(platform, request.body, operatorOf(request));
      return { successor: presentOrganisation(successor), merged };
    },
  );
};
