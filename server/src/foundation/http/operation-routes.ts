/** For who runs the server: is the process alive, can it work, what does it count. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';

export interface OperationOptions {
  /** What the server needs to work, by name; each says in a few words how it is, or throws. */
  readonly checks: Readonly<Record<string, () => Promise<string>>>;
  readonly metrics: Registry;
  /** Whether the figures may be shown to this caller; to everybody where left out. Throws a refusal otherwise. */
  readonly authenticateMetrics?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** True from the signal to stop on: a load balancer then sends no new requests. */
  readonly isDraining: () => boolean;
}

/** Thrown by a check that knows what is amiss; its message is shown to everybody. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

const checkMillis = 2_000;

export const operationRoutes: FastifyPluginAsync<OperationOptions> = async (scope, options) => {
  // Alive means that the process answers; whether PostgreSQL does is the matter of /readyz, since a restart of
  // this process would not help it.
  scope.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));

  scope.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const checks = await Promise.all(
      Object.entries(options.checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    const isReady = !options.isDraining() && checks.every(([, { ok }]) => ok);
    return reply.status(isReady ? 200 : 503).send({
      status: options.isDraining() ? 'draining' : isReady ? 'ready' : 'not ready',
      checks: Object.fromEntries(checks),
    });
  });

  scope.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    await options.authenticateMetrics?.(request, reply);
    return reply.type(options.metrics.contentType).send(await options.metrics.metrics());
  });
};

/** Why a check broke is for the log of the part that broke; outside stands only that it did. */
async function outcomeOf(check: () => Promise<string>): Promise<{ ok: boolean; detail: string }> {
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), checkMillis);
  try {
    return { ok: true, detail: await Promise.race([check(), late.promise]) };
  } catch (error) {
    return { ok: false, detail: error instanceof NotReady ? error.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
