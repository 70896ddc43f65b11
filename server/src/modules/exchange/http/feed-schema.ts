/** What goes in and out of `/api/exchange/events`. */
import { z } from 'zod';
import { maxFeedRows, maxWaitSeconds } from '../feed/read-feed.ts';

export const eventQuery = z.object({
  after: z.string().max(100).optional().meta({
    description:
      '`cursor` of the answer before, unchanged. Without it: only the cursor of now, to list first and go on from.',
  }),
  limit: z.coerce.number().int().min(1).max(maxFeedRows).default(100),
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(maxWaitSeconds)
    .default(0)
    .meta({ description: 'Seconds to wait while there is nothing to say (long poll).' }),
});

export const event = z.object({
  kind: z.string().meta({
    description:
      'exchange.arrived: a message in the mailbox. exchange.accepted, exchange.status_reported: a message of one’s own. Any other: what became of a copy that one holds or sent.',
    example: 'exchange.arrived',
  }),
  organisation: z.string().nullable().meta({ description: 'The code of whom it concerns.' }),
  at: z.string(),
  envelopeId: z.uuid(),
  deliveryId: z.uuid().nullable(),
  index: z.int().meta({ description: 'The place of its entry in the evidence log.' }),
});

export const eventPage = z.object({
  events: z.array(event),
  cursor: z.string().meta({ description: 'Keep it, and ask with it as `after`.' }),
  hasMore: z.boolean(),
});
