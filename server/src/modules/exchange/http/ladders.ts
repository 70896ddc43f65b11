/** `/api/ladders`: when who is told of mail that nobody collects, and when it goes back; for operators. */
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { authenticateOperatorRequests, operatorOf } from '#directory';
import { problemResponses } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { changeLadder, listLadders } from '../duties/change-ladder.ts';
import { ladderActs } from '../duties/ladder.ts';
import type { Ladders } from '../duties/ladder.ts';

const rung = z.strictObject({
  clock: z.enum(['wall', 'working']).meta({ description: 'As the clock runs, or office hours only.' }),
  minutes: z.int().meta({ description: 'From the acceptance, or from when the copy was put back.' }),
  act: z.enum(ladderActs),
});
const ladders = z.object({
  version: z.int(),
  ladders: z.array(z.object({ priority: z.int(), rungs: z.array(rung) })),
});
const newLadder = z.strictObject({
  rungs: z.array(rung).max(100),
  reason: z.string().trim().min(1).max(500).meta({ description: 'Recorded as the detail of an entry.' }),
});

/** Register under the prefix `/api/ladders`. Only operators pass. */
export const ladderRoutes: FastifyPluginAsync<{ readonly platform: Platform }> = async (
  scope,
  { platform },
) => {
  scope.decorateRequest('operator', null);
  scope.addHook('onRequest', authenticateOperatorRequests(platform));
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '',
    {
      schema: {
        summary: 'The ladder of undelivered mail, by priority',
        response: { 200: ladders, ...problemResponses },
      },
    },
    async () => present(await listLadders(platform)),
  );

  routes.put(
    '/:priority',
    {
      schema: {
        summary: 'Give the copies of a priority another ladder; what waits goes on by it',
        params: z.object({ priority: z.coerce.number().int().min(0).max(4) }),
        body: newLadder,
        response: { 200: ladders, ...problemResponses },
      },
    },
    async (request) =>
      present(await changeLadder(platform, { ...request.params, ...request.body }, operatorOf(request))),
  );
};

function present({ version, byPriority }: Ladders): z.output<typeof ladders> {
  return { version, ladders: byPriority.map((rungs, priority) => ({ priority, rungs: [...rungs] })) };
}
