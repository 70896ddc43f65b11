import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { CalendarDay } from '../calendar/calendar-day.ts';
import { declareCalendarDay, withdrawCalendarDay } from '../calendar/declare-day.ts';
import { readCalendarYear } from '../calendar/read-calendar.ts';
import { operatorOf } from './authenticate.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { formatInstant, vietnamDate } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { problemResponses } from '#foundation/http';

export const calendarRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (scope, { platform }) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/calendar-days',
    {
      schema: {
        summary: 'The holidays and swapped days of a year',
        querystring: schema.calendarQuery,
        response: { 200: schema.calendarYear, ...problemResponses },
      },
    },
    async ({ query }) =>
      inTransaction(platform.database.app, {}, async (tx) => {
        const { version, days } = await readCalendarYear(tx, query.year ?? vietnamDate(tx.now).year);
        return { version, days: days.map(present) };
      }),
  );

  routes.post(
    '/calendar-days',
    {
      schema: {
        summary: 'Declare a holiday or a swapped day; open deadlines are computed again',
        body: schema.newCalendarDay,
        response: { 200: schema.calendarDay, 201: schema.calendarDay, ...problemResponses },
      },
    },
    async (request, reply) => {
      const wanted = { ...request.body, day: Temporal.PlainDate.from(request.body.day) };
      const { day, declared } = await declareCalendarDay(platform, wanted, operatorOf(request));
      return reply.status(declared ? 201 : 200).send(present(day));
    },
  );

  routes.post(
    '/calendar-days/:day/withdrawal',
    {
      schema: {
        summary: 'Take the declaration of a day back',
        params: schema.dayParameters,
        body: schema.newWithdrawal,
        response: { 200: schema.calendarDay, ...problemResponses },
      },
    },
    async (request) => {
      const day = Temporal.PlainDate.from(request.params.day);
      return present(
        await withdrawCalendarDay(platform, { day, reason: request.body.reason }, operatorOf(request)),
      );
    },
  );
};

function present(day: CalendarDay): z.output<typeof schema.calendarDay> {
  return { ...day, day: day.day.toString(), declaredAt: formatInstant(day.declaredAt) };
}
