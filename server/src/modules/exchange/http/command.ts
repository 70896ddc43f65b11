/** A command of the native API: under its Idempotency-Key where it has one, answered with the very bytes of the first time. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf } from '#foundation/http';
import { apiClientOf } from '#directory';
import { callerOf as callerFor } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { answerOnce } from '../native/idempotent-request.ts';
import type { Answer } from '../native/idempotent-request.ts';
import { refuse } from '../native/refusals.ts';
import type { Language } from './present.ts';

export function callerOf(request: FastifyRequest): Caller {
  const { system, credentialId, assertion } = apiClientOf(request);
  return callerFor(system, {
    credentialId,
    method: 'oauth',
    ...(assertion !== undefined && { assertion }),
  });
}

export function languageFor(request: FastifyRequest): Language {
  return languageOf(request.headers['accept-language']);
}

export interface Outcome {
  readonly status: number;
  readonly body: object;
}

/** A command whose body is JSON, read and checked already. */
export async function answerCommand(
  exchange: Exchange,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Outcome>,
): Promise<FastifyReply> {
  const digest = createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .digest();
  return answerStreamed(exchange, { request, reply, digest, readDigest: async () => digest }, async () => ({
    ...(await work()),
    digest,
  }));
}

export interface StreamedCommand {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Undefined where the body is still to be read. */
  readonly digest: Buffer | undefined;
  readonly readDigest: () => Promise<Buffer>;
}

export async function answerStreamed(
  exchange: Exchange,
  { request, reply, digest, readDigest }: StreamedCommand,
  work: () => Promise<Outcome & { readonly digest: Buffer }>,
): Promise<FastifyReply> {
  const key = readKey(request.headers['idempotency-key']);
  const perform = async (): Promise<{ answer: Answer; digest: Buffer }> => {
    const outcome = await work();
    return {
      answer: { status: outcome.status, body: JSON.stringify(outcome.body) },
      digest: outcome.digest,
    };
  };
  const answer =
    key === undefined
      ? (await perform()).answer
      : await answerOnce(
          exchange,
          callerOf(request),
          { operation: operationOf(request), key, digest, readDigest },
          perform,
        );
  return reply
    .status(answer.status)
    .type('application/json; charset=utf-8')
    .serializer((text: unknown) => text as string)
    .send(answer.body);
}

/** The path with its ids, without the query: that is part of what is asked, so it goes into the operation too. */
function operationOf(request: FastifyRequest): string {
  const { method, url } = request;
  return `${method} ${url}`.slice(0, 1_000);
}

function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[!-~]{1,200}$/.test(header)) return header;
  throw refuse('request_key_malformed');
}
