/** What goes in and out of `/api/reports` and of the duties under `/api/exchange`. */
import { z } from 'zod';
import { delayReasons } from '../duties/duty.ts';
import type { DelayReason } from '../duties/duty.ts';
import { measures } from '../statistics/daily-count.ts';

const instant = z.string().meta({ description: 'ISO 8601, UTC' });
const rule = z.enum(['send', 'send_urgent', 'confirm', 'confirm_urgent']);
const reasons = Object.keys(delayReasons) as [DelayReason, ...DelayReason[]];

export const period = z.object({
  from: z.iso.date().optional().meta({ description: 'The first day; that of this month where left out.' }),
  to: z.iso.date().optional().meta({ description: 'The last day; today where left out.' }),
});
export const reportQuery = period.extend({
  organisation: z.string().max(80).optional().meta({ description: 'Only this one, by its code.' }),
});
const by = z.enum(['organisation', 'level', 'kind', 'day', 'paper']);
export const trafficQuery = reportQuery.extend({ by: by.default('organisation') });
export const ownTrafficQuery = period.extend({ by: by.default('organisation') });

const counted = Object.fromEntries(measures.map((measure) => [measure, z.int()])) as Record<
  (typeof measures)[number],
  z.ZodInt
>;
export const traffic = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  rows: z.array(
    z.object({
      group: z.string(),
      name: z.string().nullable(),
      side: z.enum(['sent', 'received']),
      ...counted,
    }),
  ),
});

export const lateness = z.object({
  rows: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      level: z.int(),
      rule,
      source: z.string().meta({ description: 'The law that the rule comes from.' }),
      late: z.int(),
      stillOpen: z.int(),
      explained: z.int(),
      oldestDueAt: instant.nullable(),
    }),
  ),
});

const parameter = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  source: z.string(),
  declaredAt: instant,
  declaredBy: z.string(),
});
export const savings = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  method: z
    .literal('open-formula')
    .meta({ description: 'Figures by another method must never be added to these.' }),
  terms: z.array(
    z.object({
      term: z.enum(['paper', 'postage', 'working_time']),
      formula: z.string(),
      copies: z.int(),
      vndPerCopy: z.number(),
      vnd: z.number(),
    }),
  ),
  totalVnd: z.number(),
  parameters: z.array(parameter),
});
export const parameterName = z.object({ name: z.string().max(60) });
export const newParameter = z.strictObject({ value: z.number(), source: z.string().max(1000) });
export const savingsParameter = parameter;

export const lateQuery = z.object({
  of: z
    .enum(['own', 'recipients'])
    .default('own')
    .meta({ description: 'What one owes oneself, or what the recipients of one’s documents owe.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const lateDuties = z.object({
  duties: z.array(
    z.object({
      id: z.string().meta({ description: 'Of the envelope (send) or of the delivery (confirm).' }),
      rule,
      source: z.string(),
      holder: z.string(),
      sender: z.string(),
      envelope: z.string(),
      since: instant,
      dueAt: instant,
      originalDueAt: instant.meta({ description: 'Before the calendar changed.' }),
      metAt: instant.nullable(),
      reason: z.enum(reasons).nullable(),
    }),
  ),
});
export const oneDuty = z.object({ duty: z.uuid() });
export const newExplanation = z.strictObject({
  reason: z.enum(reasons),
  text: z.string().max(2000).optional(),
});
export const explained = z.object({ receipt: z.string() });
