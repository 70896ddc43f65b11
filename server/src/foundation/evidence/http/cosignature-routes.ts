/** For witnesses that can only dial out: what they are asked to cosign, and where they bring it. Public, as the log is. */
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { createAttemptLimit } from '#foundation/http';
import { Refusal } from '#foundation/refusal';
import { acceptCosignatures } from '../accept-cosignature.ts';
import type { WitnessKey } from '../cosignature.ts';
import { readRequestedCheckpoint } from '../read-log.ts';
import { refuse } from '../refusals.ts';

export interface CosignatureRouteOptions {
  readonly pool: pg.Pool;
  /** Only theirs are kept. */
  readonly witnesses: readonly WitnessKey[];
}

/** A checkpoint with 64 Ed25519 signatures has half of it. */
const maxBodyBytes = 16 * 1024;
/** Who brings so much that we do not want has to wait. */
const attempts = { failures: 20, withinSeconds: 60, addresses: 10_000 };

export async function cosignatureRoutes(
  app: FastifyInstance,
  { pool, witnesses }: CosignatureRouteOptions,
): Promise<void> {
  const limit = createAttemptLimit(attempts);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.get('/log/checkpoint/to-cosign', async (_request, reply) => {
    const note = await inTransaction(pool, {}, readRequestedCheckpoint);
    if (note === undefined) throw refuse('tile_unknown', { path: 'checkpoint/to-cosign' });
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('cache-control', 'public, max-age=1')
      .send(note);
  });

  app.post('/log/cosignatures', async (request, reply) => {
    limit.check(request.ip);
    try {
      await acceptCosignatures({ pool, witnesses }, typeof request.body === 'string' ? request.body : '');
    } catch (error) {
      if (error instanceof Refusal) limit.failed(request.ip);
      throw error;
    }
    return reply.code(204).send();
  });
}
