/**
 * The way in of the provincial hubs (LGSP). Each request is authenticated from its headers alone, before anything of its
 * body is read; then its operation calls the axis and its answer is written.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptRawBodies, createAttemptLimit } from '#foundation/http';
import { Refusal } from '#foundation/refusal';
import { connectAxis } from '../axis.ts';
import type { Axis, AxisParts } from '../axis.ts';
import type { Caller } from '../caller.ts';
import { answerFailure } from '../wire/answer-failure.ts';
import type { FailureDialect } from '../wire/answer-failure.ts';
import { holdContinue } from '../wire/expect-continue.ts';
import { readUpload } from '../wire/read-upload.ts';
import { writeAnswer } from '../wire/write-answer.ts';
import type { Answer } from '../wire/write-answer.ts';
import { failureAnswer } from './answer.ts';
import { authenticate } from './authenticate.ts';
import type { Proof } from './authenticate.ts';
import type { Handler } from './call.ts';
import { getAgenciesList } from './operations/agencies.ts';
import { getEdoc } from './operations/get-edoc.ts';
import { login } from './operations/login.ts';
import { syncReceivedEdocList } from './operations/received-list.ts';
import { sendEdoc } from './operations/send-edoc.ts';
import { updateStatus } from './operations/update-status.ts';
import { readQuery } from './parameters.ts';
import { refuse } from './refusals.ts';
import { createTokens } from './token.ts';

const operations: readonly { method: 'GET' | 'POST'; url: string; handler: Handler }[] = [
  { method: 'POST', url: '/sendEdoc', handler: sendEdoc },
  { method: 'GET', url: '/syncReceivedEdocList', handler: syncReceivedEdocList },
  { method: 'GET', url: '/getReceivedEdocList', handler: syncReceivedEdocList },
  { method: 'GET', url: '/getEdoc', handler: getEdoc },
  { method: 'POST', url: '/updateStatus', handler: updateStatus },
  { method: 'GET', url: '/getAgenciesList', handler: getAgenciesList },
];

/** A Fastify plugin: `app.register(lgspRoutes, { prefix: '/lgsp/v1', exchange, platform, hooks })`. */
export async function lgspRoutes(app: FastifyInstance, parts: AxisParts): Promise<void> {
  const gate = createGate(connectAxis(parts), parts);
  // Bodies are read by the operations, as streams, after authentication.
  acceptRawBodies(app);
  holdContinue(app.server, app.prefix);

  app.post('/auth/login', (request, reply) =>
    answer(request, reply, () =>
      gate.guess(request, (proof) => login(readUpload(request.raw, reply.raw, refuse), proof)),
    ),
  );
  for (const { method, url, handler } of operations) {
    app.route({
      method,
      url,
      exposeHeadRoute: false,
      handler: (request, reply) =>
        answer(request, reply, async () =>
          handler({
            axis: gate.axis,
            caller: await gate.admit(request),
            parameters: readQuery(request.raw.url ?? ''),
            contentType: request.headers['content-type'],
            sizeBytes: contentLength(request),
            body: () => readUpload(request.raw, reply.raw, refuse),
          }),
        ),
    });
  }
  app.setErrorHandler((error, request, reply) => answerFailure(failures, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answerFailure(failures, refuse('operation_unknown'), request, reply),
  );
}

const failures: FailureDialect = { refuse, present: failureAnswer };

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Answer>,
): Promise<FastifyReply> {
  try {
    return await writeAnswer(await work(), reply);
  } catch (error) {
    return answerFailure(failures, error, request, reply);
  }
}

interface Gate {
  readonly axis: Axis;
  /** Who it is, and whether it may ask now. */
  admit(request: FastifyRequest): Promise<Caller>;
  /** Lets a stranger try to prove who he is; an address with too many failures is turned away without a look-up. */
  guess<T>(request: FastifyRequest, attempt: (proof: Proof) => Promise<T>): Promise<T>;
}

/** As VXP has it: it only bounds the work that strangers can cause, where many systems may share one address. */
const failureLimit = { failures: 200, withinSeconds: 10, addresses: 20_000 };

function createGate(axis: Axis, { platform }: AxisParts): Gate {
  const failed = createAttemptLimit(failureLimit);
  const tokens = createTokens(platform.secrets);

  async function guess<T>(request: FastifyRequest, attempt: (proof: Proof) => Promise<T>): Promise<T> {
    const address = request.ip;
    failed.check(address);
    const findSystem = (externalId: string) => axis.findSystem(externalId);
    const proof = { findSystem, tokens, now: Temporal.Now.instant() };
    return attempt(proof).catch((error: unknown) => {
      if (error instanceof Refusal && error.kind === 'unauthenticated') failed.failed(address);
      throw error;
    });
  }

  return {
    axis,
    guess,
    async admit(request) {
      const caller = await guess(request, (proof) => authenticate(request.raw.rawHeaders, proof));
      const mayAsk = axis.takeRequest(caller);
      if (!mayAsk.ok) throw refuse('too_many_requests', { seconds: mayAsk.retryAfterSeconds });
      return caller;
    },
  };
}

function contentLength(request: FastifyRequest): number | undefined {
  const text = request.raw.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}
