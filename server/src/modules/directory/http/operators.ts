import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { listOperators, retireOperator } from '../operators/retire-operator.ts';
import {
  endFormerOperatorSecret,
  rotateOperatorSecret,
  type PresentedOperator,
} from '../operators/rotate-operator-secret.ts';
import { operatorOf } from './authenticate.ts';
import { nextAfter, presentOperator } from './present.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { basicCredentials, problemResponses } from '#foundation/http';
import { assert } from '#foundation/refusal';

/** Each operator rotates its own secret, at `/operator`; anyone of them sees and retires the others, at `/operators`. */
export const operatorRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (scope, { platform }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/operators',
    {
      schema: {
        summary: 'List operators in order of their id, those who were retired too; never their secrets',
        querystring: schema.page,
        response: { 200: schema.operatorList, ...problemResponses },
      },
    },
    async ({ query }) => {
      const operators = await listOperators(platform, query);
      return {
        operators: operators.map(presentOperator),
        next: nextAfter(operators, query.limit, ({ id }) => id),
      };
    },
  );

  routes.post(
    '/operators/:operator/retirement',
    {
      schema: {
        summary: 'End another operator with all of its secrets, for good',
        params: schema.operatorParameters,
        response: { 200: schema.operator, ...problemResponses },
      },
    },
    async (request) =>
      presentOperator(await retireOperator(platform, request.params.operator, operatorOf(request))),
  );

  routes.post(
    '/operator/secrets',
    {
      schema: {
        summary:
          'A new secret of the operator who asks, beside the one in use; the one before that stops working',
        body: schema.newOperatorSecret,
        response: { 201: schema.operator, ...problemResponses },
      },
    },
    async (request, reply) => {
      const wanted = { operator: presentedBy(request), secret: request.body.secret };
      return reply.status(201).send(presentOperator(await rotateOperatorSecret(platform, wanted)));
    },
  );

  routes.delete(
    '/operator/secrets/former',
    {
      schema: {
        summary: 'Only the present secret of the operator who asks opens from now on; asked with that one',
        response: { 200: schema.operator, ...problemResponses },
      },
    },
    async (request) => presentOperator(await endFormerOperatorSecret(platform, presentedBy(request))),
  );
};

/** Authentication has read it already, and found it right. */
function presentedBy(request: FastifyRequest): PresentedOperator {
  const presented = basicCredentials(request.headers.authorization);
  assert(presented, 'routes of the directory run behind authentication');
  return presented;
}
