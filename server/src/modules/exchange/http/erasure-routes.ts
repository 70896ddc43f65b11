/** `/api/erasures`: an operator erases what the axis tells of a document. Repeating it finds nothing left to erase. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { authenticateOperatorRequests } from '#directory';
import { problemResponses } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';
import { eraseDetails } from '../erase-details.ts';

const newErasure = z.object({
  organisation: z.string().max(80).meta({ description: 'Code of the organisation that sent the document.' }),
  envelope: z.uuid().meta({ description: 'Id of the sending.' }),
  legalBasis: z
    .string()
    .trim()
    .min(10)
    .max(2000)
    .meta({ description: 'Law and decision by which it has to be erased; it is recorded and stays.' }),
  destroysContent: z.boolean().default(false),
});

const erasure = z
  .object({ erasedDetails: z.int(), isContentDestroyed: z.boolean() })
  .meta({ description: 'How many details went, and whether the content went, with this request.' });

/** Register under the prefix `/api/erasures`. Only operators pass. */
export const erasureRoutes: FastifyPluginAsync<{ readonly platform: Platform }> = async (
  scope,
  { platform },
) => {
  scope.decorateRequest('operator', null);
  scope.addHook('onRequest', authenticateOperatorRequests(platform));
  scope.withTypeProvider<ZodTypeProvider>().post(
    '/',
    {
      schema: {
        summary: 'Erase the details of a document, and where asked its content',
        body: newErasure,
        response: { 200: erasure, ...problemResponses },
      },
    },
    async (request) => {
      assert(request.operator, 'the route runs behind authentication');
      return eraseDetails(platform, request.body, request.operator);
    },
  );
};
