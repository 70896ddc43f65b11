/** "Gửi thử": whoever connects a system sees each step of a harmless document that the axis sends him. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { formatInstant } from '#foundation/clock';
import { problemResponses } from '#foundation/http';
import type { Exchange } from '../exchange.ts';
import { readConnectionTest, sendConnectionTest } from '../native/test-connection.ts';
import type { ConnectionTest } from '../native/test-connection.ts';
import { answerCommand, callerOf } from './command.ts';
import { outcomeOf } from './envelopes.ts';
import { commandHeaders, sent } from './schema.ts';

const newTest = z.strictObject({
  organisation: z.string().min(1).max(35).meta({ description: 'One that the asking system receives for.' }),
});
const time = z.string().nullable().meta({ description: 'Null until then.' });
const test = z.object({
  id: z.string(),
  organisation: z.string(),
  documentId: z.string(),
  state: z.string(),
  acceptedAt: z.string(),
  fetchedAt: time,
  doneAt: time,
  status: z.string().nullable().meta({ description: 'The latest that the receiver reported: 01, 03 …' }),
  statusAt: time,
});

export const connectionTestRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (
  scope,
  { exchange },
) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/connection-tests',
    {
      schema: {
        summary: 'Have the axis send a harmless document to an organisation of one’s own',
        headers: commandHeaders,
        body: newTest,
        response: { 201: sent, ...problemResponses },
      },
    },
    async (request, reply) =>
      answerCommand(exchange, request, reply, async () =>
        outcomeOf(await sendConnectionTest(exchange, callerOf(request), request.body), request),
      ),
  );

  routes.get(
    '/connection-tests/:test',
    {
      schema: {
        summary: 'How far the test came, each step with its time',
        params: z.object({ test: z.uuid() }),
        response: { 200: test, ...problemResponses },
      },
    },
    async (request) => present(await readConnectionTest(exchange, callerOf(request), request.params.test)),
  );
};

function present({ envelope, recipient }: ConnectionTest): z.output<typeof test> {
  const at = (instant: Temporal.Instant | null) => (instant === null ? null : formatInstant(instant));
  return {
    id: envelope.id,
    organisation: recipient.to_code,
    documentId: envelope.document_id,
    state: recipient.state,
    acceptedAt: formatInstant(envelope.accepted_at),
    fetchedAt: at(recipient.fetched_at),
    doneAt: at(recipient.done_at),
    status: recipient.business_status,
    statusAt: at(recipient.business_status_at),
  };
}
