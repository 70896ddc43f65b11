import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { decideRegistration, listRegistrationRequests } from '../decide-registration.ts';
import { operatorOf } from './authenticate.ts';
import { nextAfter, presentRequest } from './present.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { problemResponses } from '#foundation/http';
import { z } from 'zod';

const requestQuery = schema.requestQuery.extend({ after: z.uuid().optional() });

export const registrationRequestRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (
  scope,
  { platform, hooks },
) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/registration-requests',
    {
      schema: {
        summary: 'What systems ask to register or end, oldest first',
        querystring: requestQuery,
        response: { 200: schema.registrationRequestList, ...problemResponses },
      },
    },
    async ({ query }) => {
      const requests = await listRegistrationRequests(platform, query);
      return {
        requests: requests.map(presentRequest),
        next: nextAfter(requests, query.limit, ({ id }) => id),
      };
    },
  );

  routes.post(
    '/registration-requests/:request/decision',
    {
      schema: {
        summary: 'Approve and carry out, or refuse',
        params: schema.requestParameters,
        body: schema.newDecision,
        response: { 200: schema.registrationRequest, ...problemResponses },
      },
    },
    async (request) => {
      const decision = { ...request.body, request: request.params.request };
      return presentRequest(await decideRegistration(platform, hooks, decision, operatorOf(request)));
    },
  );
};
