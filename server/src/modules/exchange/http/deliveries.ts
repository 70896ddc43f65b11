import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { formatInstant } from '#foundation/clock';
import { problemResponses } from '#foundation/http';
import { getDelivery, listHeld, listMailbox } from '../native/browse-mailbox.ts';
import type { Exchange } from '../exchange.ts';
import { fetchDelivery } from '../fetch-delivery.ts';
import { markDelivery } from '../mark-delivery.ts';
import { readDeliveredAttachment, readMessage } from '../native/read-delivery.ts';
import { answerCommand, callerOf } from './command.ts';
import { readEnvelopeCursor, readMailboxCursor, writeCursor } from './cursor.ts';
import { presentDelivery, presentMessage } from './present.ts';
import * as schema from './schema.ts';

const file = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: schema.content } },
});

export const deliveryRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/deliveries',
    {
      schema: {
        summary: 'What waits, in the order in which it should be fetched',
        querystring: schema.deliveryQuery,
        response: { 200: schema.deliveryList, ...problemResponses },
      },
    },
    async (request) => {
      const { kind, state, after, limit } = request.query;
      if (state !== undefined) {
        const held = await listHeld(exchange, callerOf(request), {
          kind,
          state,
          after: readEnvelopeCursor(after),
          limitRows: limit,
        });
        const lastHeld = held.length < limit ? undefined : held.at(-1);
        return {
          deliveries: held.map(presentDelivery),
          next: lastHeld ? writeCursor([formatInstant(lastHeld.accepted_at), lastHeld.id]) : null,
        };
      }
      const place = readMailboxCursor(after);
      const rows = await listMailbox(exchange, callerOf(request), { kind, after: place, limitRows: limit });
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        deliveries: rows.map(presentDelivery),
        next: last
          ? writeCursor([last.is_stuck, last.priority, formatInstant(last.accepted_at), last.id])
          : null,
      };
    },
  );

  routes.get(
    '/deliveries/:delivery',
    {
      schema: {
        summary: 'One delivery, whatever its state; looking is not fetching',
        params: schema.oneDelivery,
        response: { 200: schema.delivery, ...problemResponses },
      },
    },
    async (request) =>
      presentDelivery(await getDelivery(exchange, callerOf(request), request.params.delivery)),
  );

  routes.get(
    '/deliveries/:delivery/message',
    {
      schema: {
        summary: 'Fetch: the fields of the message, and its attachments by number',
        params: schema.oneDelivery,
        response: { 200: schema.message, ...problemResponses },
      },
    },
    async (request) =>
      presentMessage(await readMessage(exchange, callerOf(request), request.params.delivery)),
  );

  routes.get(
    '/deliveries/:delivery/content',
    {
      schema: {
        summary: 'Fetch: the edXML package, byte for byte as it was sent',
        params: schema.oneDelivery,
        response: {
          200: file('The package'),
          206: file('From a byte on (Range: bytes=N-)'),
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const fetched = await fetchDelivery(exchange, callerOf(request), request.params.delivery);
      const { sizeBytes, content } = fetched;
      const start = startOf(request.headers.range, sizeBytes);
      reply.headers({
        'Lienthong-Receipt': fetched.receipt,
        'Repr-Digest': `sha-256=:${fetched.digest.toString('base64')}:`,
        'Accept-Ranges': 'bytes',
      });
      if (start === undefined) return sendFile(reply, { content, sizeBytes });
      reply.status(206).header('Content-Range', `bytes ${start}-${sizeBytes - 1}/${sizeBytes}`);
      return sendFile(reply, { content: skip(content, start), sizeBytes: sizeBytes - start });
    },
  );

  routes.get(
    '/deliveries/:delivery/attachments/:number',
    {
      schema: {
        summary: 'Fetch: one attachment, decoded and unwrapped; the first is 1',
        params: schema.oneAttachment,
        response: { 200: file('The file'), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { delivery, number } = request.params;
      const attachment = await readDeliveredAttachment(exchange, callerOf(request), { id: delivery, number });
      reply.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeName(attachment.name)}`);
      return sendFile(reply, attachment);
    },
  );

  routes.post(
    '/deliveries/:delivery/marks',
    {
      schema: {
        summary: 'Say what became of a copy that was fetched: stored (done), or not storable (fail)',
        params: schema.oneDelivery,
        headers: schema.commandHeaders,
        body: schema.newMark,
        response: { 200: schema.marked, ...problemResponses },
      },
    },
    async (request, reply) => {
      const marking = { id: request.params.delivery, mark: request.body.mark };
      return answerCommand(exchange, request, reply, async () => {
        const { state, receipt = null } = await markDelivery(exchange, callerOf(request), marking);
        return { status: 200, body: { state, receipt } };
      });
    },
  );
};

/** Files of others: never rendered by a browser as a page of ours. */
function sendFile(
  reply: FastifyReply,
  { content, sizeBytes }: { content: AsyncIterable<Buffer>; sizeBytes: number },
): FastifyReply {
  return reply
    .headers({
      'Content-Type': 'application/octet-stream',
      'Content-Length': sizeBytes,
      'Content-Security-Policy': "sandbox; default-src 'none'",
    })
    .serializer((stream: unknown) => stream as string)
    .send(Readable.from(content, { objectMode: false }));
}

/** Only "the rest from here": what a download that broke off asks for. Any other range is answered with all of it. */
function startOf(range: string | undefined, sizeBytes: number): number | undefined {
  const start = /^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1];
  return start !== undefined && Number(start) < sizeBytes ? Number(start) : undefined;
}

async function* skip(content: AsyncIterable<Buffer>, skipBytes: number): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of content) {
    const rest = chunk.subarray(Math.max(0, skipBytes - position));
    position += chunk.length;
    if (rest.length > 0) yield rest;
  }
}

function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
