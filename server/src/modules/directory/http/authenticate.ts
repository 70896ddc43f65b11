/** Who the operator of a request is. HTTP Basic with the operator's id and secret. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticateOperator } from '../authenticate-operator.ts';
import { refuse } from '../refusals.ts';
import type { Actor } from '#foundation/evidence';
import { basicCredentials, createAttemptLimit } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { assert, Refusal } from '#foundation/refusal';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated as an operator's. */
    operator: Actor | null;
  }
}

const limits = { failures: 10, withinSeconds: 60, addresses: 10_000 };

/** Before anything of the body is read. */
export function authenticateRequests(
  platform: Platform,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const attempts = createAttemptLimit(limits);
  return async (request, reply) => {
    attempts.check(request.ip);
    try {
      const presented = basicCredentials(request.headers.authorization);
      if (!presented) throw refuse('operator_unauthenticated');
      request.operator = await authenticateOperator(platform, presented);
      attempts.succeeded(request.ip);
    } catch (error) {
      if (error instanceof Refusal) {
        attempts.failed(request.ip);
        reply.header('WWW-Authenticate', 'Basic realm="Lien Thong operator", charset="UTF-8"');
      }
      throw error;
    }
  };
}

export function operatorOf(request: FastifyRequest): Actor {
  assert(request.operator, 'routes of the directory run behind authentication');
  return request.operator;
}

/** What a client sends so that a repeat is known as one. */
export function requestKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' && key.length > 0 && key.length <= 200 ? key : undefined;
}
