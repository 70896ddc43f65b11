/** Answers what went wrong, in the shape of a dialect, whether or not the body was read. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#foundation/refusal';
import { answerUnread, unreadBody } from './answer-unread.ts';
import type { TransportRefuse } from './transport-refusals.ts';

export interface FailureDialect {
  readonly refuse: TransportRefuse;
  readonly present: (refusal: Refusal) => FailureAnswer;
}

export interface FailureAnswer {
  readonly status: number;
  readonly text: string;
  /** JSON where left out. */
  readonly contentType?: string;
}

export function answerFailure(
  dialect: FailureDialect,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(dialect, error, request);
  const { status, text, contentType = 'application/json; charset=utf-8' } = dialect.present(refusal);
  const { seconds } = refusal.parameters;
  const wait = typeof seconds === 'number' ? seconds : status === 503 ? troubleRetrySeconds : undefined;
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-store',
    ...(wait !== undefined && { 'retry-after': String(wait) }),
  };
  if (unreadBody(request.raw) === 'much') {
    const kept = reply.getHeaders() as OutgoingHttpHeaders;
    reply.hijack();
    void answerUnread(request.raw, reply.raw, { status, headers: { ...kept, ...headers }, text });
    return reply;
  }
  // What was begun to be read is read to its end; Node does it only for what nobody touched.
  request.raw.resume();
  return reply.code(status).headers(headers).send(text);
}

/** What a client is told to wait when the trouble is ours. */
const troubleRetrySeconds = 30;

/** Whatever is no refusal is our own trouble: the operator gets the cause, the client a code and "again later". */
function asRefusal({ refuse }: FailureDialect, error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (isFaultOfRequest(error)) return refuse('request_malformed', {}, { cause: error });
  request.log.error({ route: request.routeOptions.url, error });
  return refuse('unavailable', {}, { cause: error });
}

/** What Fastify found wrong with the request before it came to us. */
function isFaultOfRequest(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}
