/** What goes in and out of taking back, redelivering and following what is passed on. */
import { z } from 'zod';
import { isXmlText } from '../edxml/index.ts';
import { sent } from './schema.ts';

const text = (limit: number) => z.string().trim().max(limit).refine(isXmlText, 'holds control characters');

export const newRecall = z.strictObject({
  act: z.enum(['take_back', 'recall']).meta({
    description:
      'take_back: lấy lại (13), sent by mistake; each is asked by a message of its own, at most 100 at once. recall: thu hồi (type 1), by law; one message to all.',
  }),
  organisations: z
    .array(z.string().min(1).max(35))
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'All that it reached, where left out.' }),
  reason: text(500).min(1),
});
export const recalled = z.object({
  sent: z.array(sent.extend({ organisations: z.array(z.string()) })),
  unasked: sent.shape.refused.meta({ description: 'Organisations that could not be asked, each with why.' }),
});

export const newRecallAnswer = z.strictObject({
  agree: z.boolean().meta({ description: 'true: 15; false: 16.' }),
  text: text(1_000).default('').meta({ description: 'To decline a thu hồi: the technical reason.' }),
});

export const redelivered = z.object({
  receipt: z.string().nullable().meta({ description: 'Null where it was in the list already.' }),
});

export const onward = z.object({
  recipients: z.int().meta({ description: 'Of all who passed it on; never who they are.' }),
  reached: z.int().meta({ description: 'Of these, who fetched or confirmed it.' }),
  counts: z.array(
    z.object({ state: z.string(), businessStatus: z.string().nullable(), recipients: z.int() }),
  ),
});
