/** `/api/reports`: figures for operators, as JSON or (`Accept: text/csv`) as CSV. Nothing here says about which document. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { authenticateOperatorRequests, operatorOf, resolveCodes } from '#directory';
import { formatInstant, vietnamDate } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { languageOf, problemResponses, writeCsv } from '#foundation/http';
import type { CsvCell } from '#foundation/http';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { dutySources } from '../duties/duty.ts';
import { refuse } from '../refusals.ts';
import { changeSavingsParameter } from '../statistics/change-savings-parameter.ts';
import { measures } from '../statistics/daily-count.ts';
import { reportLateness, reportSavings, reportTraffic } from '../statistics/reports.ts';
import * as schema from './report-schema.ts';

/** Register under the prefix `/api/reports`. Only operators pass. */
export const reportRoutes: FastifyPluginAsync<{ platform: Platform }> = async (scope, { platform }) => {
  scope.decorateRequest('operator', null);
  scope.addHook('onRequest', authenticateOperatorRequests(platform));
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  const read = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
    inTransaction(platform.database.app, {}, work);

  routes.get(
    '/traffic',
    {
      schema: {
        summary:
          'Documents sent and received, refused, late, recalled; by organisation, level, kind, day or paper',
        querystring: schema.trafficQuery,
        response: { 200: schema.traffic, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { by, organisation, ...given } = request.query;
      const report = await read(async (tx) => {
        const period = periodOf(given, tx);
        const organisations = await organisationsOf(tx, organisation);
        return { ...written(period), rows: await reportTraffic(tx, { ...period, by, organisations }) };
      });
      if (!wantsCsv(request)) return report;
      return sendCsv(
        reply,
        [by, 'name', 'side', ...measures],
        report.rows.map((row) => [row.group, row.name, row.side, ...measures.map((measure) => row[measure])]),
      );
    },
  );

  routes.get(
    '/lateness',
    {
      schema: {
        summary: 'What is late, by who holds it and by which law',
        response: { 200: schema.lateness, ...problemResponses },
      },
    },
    async (request, reply) => {
      const language = languageOf(request.headers['accept-language']);
      const rows = (await read(reportLateness)).map((row) => ({
        ...row,
        source: dutySources[row.rule][language],
        oldestDueAt: row.oldestDueAt && formatInstant(row.oldestDueAt),
      }));
      if (!wantsCsv(request)) return { rows };
      return sendCsv(
        reply,
        ['code', 'name', 'level', 'rule', 'source', 'late', 'still_open', 'explained', 'oldest_due_at'],
        rows.map((row) => [
          row.code,
          row.name,
          row.level,
          row.rule,
          row.source,
          row.late,
          row.stillOpen,
          row.explained,
          row.oldestDueAt,
        ]),
      );
    },
  );

  routes.get(
    '/savings',
    {
      schema: {
        summary: 'What was saved, term by term, each with its formula and parameters',
        querystring: schema.reportQuery,
        response: { 200: schema.savings, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { organisation, ...given } = request.query;
      const report = await read(async (tx) => {
        const period = periodOf(given, tx);
        const organisations = await organisationsOf(tx, organisation);
        return { ...written(period), ...(await reportSavings(tx, { ...period, organisations })) };
      });
      if (wantsCsv(request)) {
        return sendCsv(
          reply,
          ['term', 'formula', 'copies', 'vnd_per_copy', 'vnd'],
          [
            ...report.terms.map((term) => [term.term, term.formula, term.copies, term.vndPerCopy, term.vnd]),
            ['total', report.method, null, null, report.totalVnd],
            ...report.parameters.map(({ name, source, value, unit }) => [name, source, null, value, unit]),
          ],
        );
      }
      return { ...report, terms: [...report.terms], parameters: report.parameters.map(presentParameter) };
    },
  );

  routes.put(
    '/savings-parameters/:name',
    {
      schema: {
        summary: 'Give a parameter of the formula another value, with its source',
        params: schema.parameterName,
        body: schema.newParameter,
        response: { 200: schema.savingsParameter, ...problemResponses },
      },
    },
    async (request) =>
      presentParameter(
        await changeSavingsParameter(platform, { ...request.params, ...request.body }, operatorOf(request)),
      ),
  );
};

function presentParameter<Parameter extends { readonly declaredAt: Temporal.Instant }>(parameter: Parameter) {
  return { ...parameter, declaredAt: formatInstant(parameter.declaredAt) };
}

interface GivenPeriod {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** This month until today, where it is left out. */
export function periodOf({ from, to }: GivenPeriod, tx: Pick<Transaction, 'now'>) {
  const last = to === undefined ? vietnamDate(tx.now) : Temporal.PlainDate.from(to);
  return { from: from === undefined ? last.with({ day: 1 }) : Temporal.PlainDate.from(from), to: last };
}

export function written({ from, to }: ReturnType<typeof periodOf>) {
  return { from: from.toString(), to: to.toString() };
}

async function organisationsOf(
  tx: Transaction,
  code: string | undefined,
): Promise<OrganisationId[] | undefined> {
  if (code === undefined) return undefined;
  const found = (await resolveCodes(tx, [code])).get(code);
  if (!found) throw refuse('recipient_unknown', { codes: [code] });
  return [found.organisationId];
}

function wantsCsv(request: FastifyRequest): boolean {
  return /\btext\/csv\b/.test(request.headers.accept ?? '');
}

function sendCsv(
  reply: FastifyReply,
  header: readonly string[],
  rows: readonly (readonly CsvCell[])[],
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .serializer((text: unknown) => text as string)
    .send(writeCsv(header, rows));
}
