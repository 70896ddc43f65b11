/** Duties of time and figures of one's own organisations. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { formatInstant } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { problemResponses } from '#foundation/http';
import { dutySources } from '../duties/duty.ts';
import { explainDelay } from '../duties/explain-delay.ts';
import { listLate } from '../duties/list-late.ts';
import type { Exchange } from '../exchange.ts';
import { reportTraffic } from '../statistics/reports.ts';
import { answerCommand, callerOf, languageFor } from './command.ts';
import * as schema from './report-schema.ts';
import { periodOf, written } from './reports.ts';
import { commandHeaders } from './schema.ts';

export const dutyRoutes: FastifyPluginAsync<{ exchange: Exchange }> = async (scope, { exchange }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/late-duties',
    {
      schema: {
        summary: 'What is late: who holds it, since when, and by which law',
        querystring: schema.lateQuery,
        response: { 200: schema.lateDuties, ...problemResponses },
      },
    },
    async (request) => {
      const { of, limit } = request.query;
      const late = await listLate(exchange, callerOf(request), { of, limitRows: limit });
      const language = languageFor(request);
      return {
        duties: late.map((duty) => ({
          id: duty.subjectId,
          rule: duty.rule,
          source: dutySources[duty.rule][language],
          holder: duty.holder,
          sender: duty.sender,
          envelope: duty.envelopeId,
          since: formatInstant(duty.since),
          dueAt: formatInstant(duty.dueAt),
          originalDueAt: formatInstant(duty.originalDueAt),
          metAt: duty.metAt && formatInstant(duty.metAt),
          reason: duty.reason,
        })),
      };
    },
  );

  routes.post(
    '/late-duties/:duty/explanations',
    {
      schema: {
        summary: 'Say why it was late; only who holds the duty can',
        params: schema.oneDuty,
        headers: commandHeaders,
        body: schema.newExplanation,
        response: { 201: schema.explained, ...problemResponses },
      },
    },
    async (request, reply) => {
      const explanation = { id: request.params.duty, ...request.body };
      return answerCommand(exchange, request, reply, async () => ({
        status: 201,
        body: await explainDelay(exchange, callerOf(request), explanation),
      }));
    },
  );

  routes.get(
    '/traffic',
    {
      schema: {
        summary: 'The figures of one’s own organisations',
        querystring: schema.ownTrafficQuery,
        response: { 200: schema.traffic, ...problemResponses },
      },
    },
    async (request) => {
      const { by, ...given } = request.query;
      const organisations = callerOf(request).speaksFor;
      return inTransaction(exchange.platform.database.app, {}, async (tx) => {
        const period = periodOf(given, tx);
        return { ...written(period), rows: await reportTraffic(tx, { ...period, by, organisations }) };
      });
    },
  );
};
