import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { addSystem } from '../add-system.ts';
import { assignOrganisation, withdrawOrganisation } from '../assign-organisation.ts';
import { changeSystem } from '../change-system.ts';
import { listSystems, readSystem } from '../get-system.ts';
import { listCredentials } from '../list-credentials.ts';
import { retireCredential } from '../retire-credential.ts';
import { rotateCredential } from '../rotate-credential.ts';
import { readQuota, setQuota } from '../set-quota.ts';
import type { QuotaOverride } from '../system-quota.ts';
import { resumeSystem, suspendSystem } from '../suspend-system.ts';
import { operatorOf, requestKeyOf } from './authenticate.ts';
import { nextAfter, presentCredential, presentListed, presentPeriod, presentSystem } from './present.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { problemResponses } from '#foundation/http';
import { z } from 'zod';

const nothing = z.null().meta({ description: 'Done' });

export const systemRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (scope, { platform }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/systems',
    {
      schema: {
        summary: 'List connected systems in order of their id',
        querystring: schema.page,
        response: { 200: schema.systemList, ...problemResponses },
      },
    },
    async ({ query }) => {
      const systems = await listSystems(platform, query);
      return {
        systems: systems.map(presentListed),
        next: nextAfter(systems, query.limit, (item) => item.externalId),
      };
    },
  );

  routes.post(
    '/systems',
    {
      schema: {
        summary: 'Connect a system with a first credential; a secret is shown once',
        body: schema.newSystem,
        response: { 201: schema.addedSystem, ...problemResponses },
      },
    },
    async (request, reply) => {
      const wanted = { ...request.body, requestKey: requestKeyOf(request) };
      const { system, credential } = await addSystem(platform, wanted, operatorOf(request));
      return reply.status(201).send({ system: presentSystem(system), credential });
    },
  );

  routes.get(
    '/systems/:system',
    {
      schema: {
        summary: 'One system with the organisations that it speaks for',
        params: schema.systemParameters,
        querystring: schema.page,
        response: { 200: schema.systemWithOrganisations, ...problemResponses },
      },
    },
    async ({ params, query }) => {
      const { system, organisations } = await readSystem(platform, { ...query, system: params.system });
      const next = nextAfter(organisations, query.limit, ({ code }) => code);
      return { ...presentSystem(system), organisations, next };
    },
  );

  routes.patch(
    '/systems/:system',
    {
      schema: {
        summary: 'Change the settings of a system',
        params: schema.systemParameters,
        body: schema.systemSettings,
        response: { 200: schema.system, ...problemResponses },
      },
    },
    async (request) => {
      const wanted = { ...request.body, system: request.params.system };
      return presentSystem(await changeSystem(platform, wanted, operatorOf(request)));
    },
  );

  routes.post(
    '/systems/:system/organisations',
    {
      schema: {
        summary: 'Let the system speak for an organisation, and receive for it',
        params: schema.systemParameters,
        body: schema.newAssignment,
        response: { 200: schema.assignment, ...problemResponses },
      },
    },
    async (request) => {
      const wanted = { ...request.body, system: request.params.system };
      const { formerReceivingSystem = null } = await assignOrganisation(
        platform,
        wanted,
        operatorOf(request),
      );
      return { formerReceivingSystem };
    },
  );

  routes.delete(
    '/systems/:system/organisations/:code',
    {
      schema: {
        summary: 'The system no longer speaks for the organisation',
        params: schema.assignmentParameters,
        response: { 204: nothing, ...problemResponses },
      },
    },
    async (request, reply) => {
      await withdrawOrganisation(platform, request.params, operatorOf(request));
      return reply.status(204).send(null);
    },
  );

  routes.post(
    '/systems/:system/credentials',
    {
      schema: {
        summary: 'A new credential beside the one in use of its kind; the one before that stops working',
        params: schema.systemParameters,
        body: schema.newCredential,
        response: { 201: schema.rotatedCredential, ...problemResponses },
      },
    },
    async (request, reply) => {
      const wanted = { ...request.body, system: request.params.system, requestKey: requestKeyOf(request) };
      const rotated = await rotateCredential(platform, wanted, operatorOf(request));
      return reply.status(201).send(presentCredential(rotated));
    },
  );

  routes.get(
    '/systems/:system/credentials',
    {
      schema: {
        summary: 'What the system may prove itself with, and could before; never the secrets',
        params: schema.systemParameters,
        response: { 200: schema.credentialList, ...problemResponses },
      },
    },
    async ({ params }) => ({
      credentials: (await listCredentials(platform, params.system)).map(presentPeriod),
    }),
  );

  routes.delete(
    '/systems/:system/credentials/:credential',
    {
      schema: {
        summary: 'End a credential now, without another in its place',
        params: schema.credentialParameters,
        response: { 200: schema.credentialPeriodItem, ...problemResponses },
      },
    },
    async (request) => presentPeriod(await retireCredential(platform, request.params, operatorOf(request))),
  );

  routes.get(
    '/systems/:system/quota',
    {
      schema: {
        summary: 'How much the system may ask',
        params: schema.systemParameters,
        response: { 200: schema.quota, ...problemResponses },
      },
    },
    ({ params }) => readQuota(platform, params.system),
  );

  routes.patch(
    '/systems/:system/quota',
    {
      schema: {
        summary: 'Change how much the system may ask; null takes the bound of the axis again',
        params: schema.systemParameters,
        body: schema.newQuota,
        response: { 200: schema.quota, ...problemResponses },
      },
    },
    (request) =>
      setQuota(
        platform,
        { system: request.params.system, quota: request.body as Partial<QuotaOverride> },
        operatorOf(request),
      ),
  );

  routes.post(
    '/systems/:system/suspension',
    {
      schema: {
        summary: 'Refuse the system at every door',
        params: schema.systemParameters,
        body: schema.newSuspension,
        response: { 200: schema.system, ...problemResponses },
      },
    },
    async (request) => {
      const wanted = { system: request.params.system, reason: request.body.reason };
      return presentSystem(await suspendSystem(platform, wanted, operatorOf(request)));
    },
  );

  routes.delete(
    '/systems/:system/suspension',
    {
      schema: {
        summary: 'Let the system in again',
        params: schema.systemParameters,
        response: { 200: schema.system, ...problemResponses },
      },
    },
    async (request) => presentSystem(await resumeSystem(platform, request.params, operatorOf(request))),
  );
};
