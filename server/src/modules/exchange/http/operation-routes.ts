/** `/api/operation`: what an operator who was asked to does about webhooks that ail and mail that is out of its list. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { authenticateOperatorRequests, getOrganisation } from '#directory';
import { formatInstant } from '#foundation/clock';
import { problemResponses } from '#foundation/http';
import { assert } from '#foundation/refusal';
import type { Exchange } from '../exchange.ts';
import { listHeld } from '../native/browse-mailbox.ts';
import { redeliver } from '../redeliver.ts';
import { listAiling } from '../webhooks/list-webhooks.ts';
import { resumeWebhook } from '../webhooks/resume-webhook.ts';
import { heldState } from './schema.ts';
import { redelivered } from './taking-back-schema.ts';
import { presentWebhook } from './webhooks.ts';
import { oneWebhook, webhook } from './webhook-schema.ts';

const maxHeldRows = 1_000;

const organisationCode = z.string().min(1).max(80);
const ailing = webhook.omit({ url: true }).extend({
  systemId: z.string(),
  host: z.string().meta({ description: 'The rest of the address may hold a secret of its system.' }),
});
const held = z.object({
  id: z.string(),
  envelopeId: z.string(),
  from: z.string(),
  kind: z.enum(['document', 'status']),
  state: z.string(),
  stateSince: z.string(),
  acceptedAt: z.string(),
});

/** Register under the prefix `/api/operation`. Only operators pass. */
export const operationRoutes: FastifyPluginAsync<{ readonly exchange: Exchange }> = async (
  scope,
  { exchange },
) => {
  scope.decorateRequest('operator', null);
  scope.addHook('onRequest', authenticateOperatorRequests(exchange.platform));
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/webhooks',
    {
      schema: {
        summary: 'Webhooks of all systems that fail or have stopped, longest first',
        response: { 200: z.object({ webhooks: z.array(ailing) }), ...problemResponses },
      },
    },
    async () => ({
      webhooks: (await listAiling(exchange)).map((each) => {
        const { url, ...presented } = presentWebhook(each);
        return { ...presented, systemId: each.systemId, host: new URL(url).host };
      }),
    }),
  );

  routes.post(
    '/webhooks/:webhook/resumption',
    {
      schema: {
        summary: 'Call it again at once, from where it stopped; repeating it is harmless',
        params: oneWebhook,
        response: { 200: z.object({ state: z.string() }), ...problemResponses },
      },
    },
    async (request) => {
      assert(request.operator, 'the route runs behind authentication');
      const resumed = await resumeWebhook(exchange, { id: request.params.webhook, by: request.operator });
      return { state: presentWebhook(resumed).state };
    },
  );

  routes.get(
    '/held-deliveries',
    {
      schema: {
        summary:
          'The oldest copies of an organisation that are set aside, could not be stored, or were given back',
        querystring: z.object({
          organisation: organisationCode,
          state: heldState,
          kind: z.enum(['document', 'status']).default('document'),
        }),
        response: { 200: z.object({ deliveries: z.array(held) }), ...problemResponses },
      },
    },
    async ({ query: { organisation, state, kind } }) => {
      const { id } = await getOrganisation(exchange.platform, organisation);
      const holder = { receivesFor: [id] };
      const rows = await listHeld(exchange, holder, {
        kind,
        state,
        after: undefined,
        limitRows: maxHeldRows,
      });
      return {
        // No subject and no name: an operator moves mail and does not read it.
        deliveries: rows.map((row) => ({
          id: row.id,
          envelopeId: row.envelope_id,
          from: row.from_code,
          kind: row.kind,
          state: row.state,
          stateSince: formatInstant(row.state_at),
          acceptedAt: formatInstant(row.accepted_at),
        })),
      };
    },
  );

  routes.post(
    '/redeliveries',
    {
      schema: {
        summary: 'Put a copy back into the list of its organisation; repeating it is harmless',
        body: z.strictObject({ organisation: organisationCode, delivery: z.uuid() }),
        response: { 200: redelivered, ...problemResponses },
      },
    },
    async (request) => {
      assert(request.operator, 'the route runs behind authentication');
      const { organisation, delivery: id } = request.body;
      const { id: organisationId } = await getOrganisation(exchange.platform, organisation);
      const asked = { organisations: [organisationId], actor: request.operator, id };
      const { receipt = null } = await redeliver(exchange, asked);
      return { receipt };
    },
  );
};
