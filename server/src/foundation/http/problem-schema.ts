/** The shape of every refusal in the OpenAPI descriptions. */
import { z } from 'zod';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z
      .string()
      .meta({ description: 'A sentence for people, in the language of Accept-Language (vi, en).' }),
    status: z.int(),
    code: z.string().meta({ description: 'The stable code; see docs/protocols/refusals.md.' }),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    instance: z
      .string()
      .meta({ description: 'The id of the request, as in its Request-Id header and in the log.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** For the `response` of a route: any refusal looks the same. */
export const problemResponses = {
  '4xx': { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } },
  '5xx': { description: 'Failed', content: { 'application/problem+json': { schema: problemSchema } } },
} as const;
