import { createHash } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inTransaction } from '#foundation/db';
import { formatReceiptFile, proofFor } from '#foundation/evidence';
import { acceptRawBodies, problemResponses } from '#foundation/http';
import { getFinishedUpload, releaseUploads } from '#foundation/upload';
import { getEnvelope, listEnvelopes, listRecipients } from '../native/browse-envelopes.ts';
import { sendDocumentDraft } from '../native/compose-message.ts';
import { businessOfReplacement, businessOfUpdate } from '../native/follow-up-draft.ts';
import type { Exchange } from '../exchange.ts';
import { readTimeline } from '../list-sent.ts';
import type { Sent } from '../read-sent.ts';
import { refuse } from '../native/refusals.ts';
import { send } from '../send-envelope.ts';
import { answerCommand, answerStreamed, callerOf, languageFor } from './command.ts';
import type { Outcome } from './command.ts';
import { readEnvelopeCursor, readOrdinalCursor, writeCursor } from './cursor.ts';
import { presentEnvelope, presentRecipient, presentSent } from './present.ts';
import { readBody } from './read-body.ts';
import * as schema from './schema.ts';
import { formatInstant } from '#foundation/clock';

const shownRecipients = 100;

export const envelopeRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/envelopes',
    {
      schema: {
        summary: 'Send a document: fields, and files that were uploaded',
        headers: schema.commandHeaders,
        body: schema.newEnvelope,
        response: { 200: schema.sent, 201: schema.sent, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { promulgatedOn, dueOn, answers, priority, update, replacement, ...draft } = request.body;
      const wanted = {
        ...draft,
        promulgatedOn: Temporal.PlainDate.from(promulgatedOn),
        dueOn: dueOn === undefined ? undefined : Temporal.PlainDate.from(dueOn),
        priority: priority as 0 | 1 | 2 | 3 | 4,
        answers: answers?.map((answered) => ({
          ...answered,
          promulgatedOn:
            answered.promulgatedOn === undefined
              ? undefined
              : Temporal.PlainDate.from(answered.promulgatedOn),
        })),
      };
      const caller = callerOf(request);
      return answerCommand(exchange, request, reply, async () => {
        const business = update
          ? await businessOfUpdate(exchange, caller, update)
          : replacement && (await businessOfReplacement(exchange, caller, replacement));
        return outcomeOf(await sendDocumentDraft(exchange, caller, { ...wanted, business }), request);
      });
    },
  );

  await scope.register(async (packages) => {
    acceptRawBodies(packages);
    packages.withTypeProvider<ZodTypeProvider>().post(
      '/packages',
      {
        schema: {
          summary: 'Send an edXML package, as a body or from a finished upload',
          consumes: ['application/octet-stream'],
          headers: schema.commandHeaders,
          querystring: schema.packageQuery,
          body: schema.packageBody,
          response: { 200: schema.sent, 201: schema.sent, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { upload } = request.query;
        return upload === undefined
          ? sendBody(exchange, request, reply, request.query)
          : sendUpload(exchange, request, reply, { ...request.query, upload });
      },
    );
  });

  routes.get(
    '/envelopes',
    {
      schema: {
        summary: 'What was sent, newest first',
        querystring: schema.envelopeQuery,
        response: { 200: schema.envelopeList, ...problemResponses },
      },
    },
    async (request) => {
      const { kind, documentId, after, limit } = request.query;
      const rows = await listEnvelopes(exchange, callerOf(request), {
        kind,
        documentId,
        after: readEnvelopeCursor(after),
        limitRows: limit,
      });
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        envelopes: rows.map(presentEnvelope),
        next: last ? writeCursor([formatInstant(last.accepted_at), last.id]) : null,
      };
    },
  );

  routes.get(
    '/envelopes/:envelope',
    {
      schema: {
        summary: 'One sending with its receipt and where each copy is',
        params: schema.oneEnvelope,
        response: { 200: schema.envelopeWithRecipients, ...problemResponses },
      },
    },
    async (request) => {
      const view = await getEnvelope(exchange, callerOf(request), {
        id: request.params.envelope,
        recipientRows: shownRecipients,
      });
      const last = view.recipients.length < shownRecipients ? undefined : view.recipients.at(-1);
      return {
        ...presentEnvelope(view.envelope),
        receipt: view.receipt,
        recipients: view.recipients.map((row) => presentRecipient(row, languageFor(request))),
        nextRecipients: last ? writeCursor([last.ordinal]) : null,
      };
    },
  );

  routes.get(
    '/envelopes/:envelope/recipients',
    {
      schema: {
        summary: 'The recipients of one sending, in the order of its list',
        params: schema.oneEnvelope,
        querystring: schema.recipientQuery,
        response: { 200: schema.recipientList, ...problemResponses },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const rows = await listRecipients(exchange, callerOf(request), {
        id: request.params.envelope,
        afterOrdinal: readOrdinalCursor(after),
        limitRows: limit,
      });
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        recipients: rows.map((row) => presentRecipient(row, languageFor(request))),
        next: last ? writeCursor([last.ordinal]) : null,
      };
    },
  );

  routes.get(
    '/envelopes/:envelope/timeline',
    {
      schema: {
        summary: 'What happened to a sending and to each of its copies, each with its receipt',
        params: schema.oneEnvelope,
        response: { 200: schema.timeline, ...problemResponses },
      },
    },
    async (request) => {
      const events = await readTimeline(exchange, callerOf(request), request.params.envelope);
      return { events: events.map((event) => ({ ...event, at: formatInstant(event.at) })) };
    },
  );

  routes.get(
    '/envelopes/:envelope/receipt',
    {
      schema: {
        summary: 'The receipt as a file, with its proof once it is in the log',
        params: schema.oneEnvelope,
        response: {
          200: { description: 'The file', content: { 'text/plain': { schema: schema.receiptFile } } },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { receipt } = await getEnvelope(exchange, callerOf(request), {
        id: request.params.envelope,
        recipientRows: 0,
      });
      const payload = Buffer.from(receipt.split('.')[1]!, 'base64url');
      const digest = createHash('sha256').update(payload).digest();
      const proof = await inTransaction(exchange.platform.database.app, {}, (tx) => proofFor(tx, digest));
      return reply
        .type('text/plain; charset=utf-8')
        .serializer((text: unknown) => text as string)
        .send(formatReceiptFile(receipt, proof));
    },
  );
};

interface PackageSending {
  readonly kind: 'document' | 'status';
  readonly from?: string | undefined;
  readonly onwardOf?: string | undefined;
}

async function sendBody(
  exchange: Exchange,
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, from, onwardOf }: PackageSending,
): Promise<FastifyReply> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/octet-stream') throw refuse('media_type_unknown');
  const body = readBody(request, reply);
  const readDigest = (): Promise<Buffer> =>
    exchange.gate.hold(callerOf(request), { ...body, body: body.content() }, async (content) => {
      for await (const _chunk of content);
      return body.digest();
    });
  return answerStreamed(exchange, { request, reply, digest: undefined, readDigest }, async () => {
    const sent = await send(exchange, callerOf(request), {
      kind,
      from,
      sizeBytes: body.sizeBytes,
      body: body.content(),
      ...(onwardOf !== undefined && { onwardOf }),
    });
    return { ...outcomeOf(sent, request), digest: body.digest() };
  });
}

async function sendUpload(
  exchange: Exchange,
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, from, onwardOf, upload }: PackageSending & { readonly upload: string },
): Promise<FastifyReply> {
  const caller = callerOf(request);
  const key = { ownerId: caller.systemId, id: upload };
  const digest = createHash('sha256').update(upload).digest();
  return answerStreamed(exchange, { request, reply, digest, readDigest: async () => digest }, async () => {
    const file = await getFinishedUpload(exchange.platform, key);
    const sent = await send(exchange, caller, {
      kind,
      from,
      sizeBytes: file.sizeBytes,
      body: file.open(),
      ...(onwardOf !== undefined && { onwardOf }),
    });
    await releaseUploads(exchange.platform, [key]);
    return { ...outcomeOf(sent, request), digest };
  });
}

export function outcomeOf(sent: Sent, request: FastifyRequest): Outcome {
  return { status: sent.repeated ? 200 : 201, body: presentSent(sent, languageFor(request)) };
}
