/**
 * The way in for the SDK that agencies' document systems already use. Each request is authenticated from its headers
 * alone, before anything of its body is read; then its operation calls the axis and its answer is written.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedSystem } from '#directory';
import { acceptRawBodies, createAttemptLimit } from '#foundation/http';
import type { AttemptLimit } from '#foundation/http';
import { Refusal } from '#foundation/refusal';
import { callerOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { failAnswer, httpStatusOf } from './answer.ts';
import { authenticate, readSignedRequest } from './authenticate.ts';
import type { SignedRequest } from './authenticate.ts';
import { connectAxis } from '../axis.ts';
import type { Axis, AxisParts } from '../axis.ts';
import { answerFailure } from '../wire/answer-failure.ts';
import type { FailureDialect } from '../wire/answer-failure.ts';
import { unreadBody } from '../wire/answer-unread.ts';
import { holdContinue } from '../wire/expect-continue.ts';
import { readUpload } from '../wire/read-upload.ts';
import type { Handler } from './call.ts';
import { handlers } from './handlers.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';
import { refuse } from './refusals.ts';
import { writeAnswer } from '../wire/write-answer.ts';

interface Gate {
  readonly axis: Axis;
  readonly failures: AttemptLimit;
}

/**
 * A Fastify plugin: `app.register(vxpRoutes, { prefix: '/vxp', exchange, platform, hooks })`. The server must allow
 * 64 KB of headers: they accumulate on the client's side.
 */
export async function vxpRoutes(app: FastifyInstance, parts: AxisParts): Promise<void> {
  serveVxp(app, connectAxis(parts));
}

/** Registers the operations directly under the prefix of `app`. */
export function serveVxp(app: FastifyInstance, axis: Axis): void {
  const gate: Gate = {
    axis,
    failures: createAttemptLimit(failureLimit),
  };
  // Bodies are read by the operations, as streams, after authentication.
  acceptRawBodies(app);
  holdContinue(app.server, app.prefix);

  for (const operation of operations) {
    const handler = handlers[operation.name];
    app.route({
      method: [...operation.methods],
      url: `/${operation.name}`,
      exposeHeadRoute: false,
      handler: (request, reply) => serve(gate, { operation, handler }, request, reply),
    });
  }
  app.setErrorHandler((error, request, reply) => answerFailure(failures, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answerFailure(failures, refuse('operation_unknown'), request, reply),
  );
}

const failures: FailureDialect = {
  refuse,
  present: (refusal) => ({
    status: refusal.code === 'vxp.operation_unknown' ? 404 : httpStatusOf(refusal),
    text: failAnswer(refusal),
  }),
};

async function serve(
  gate: Gate,
  { operation, handler }: { operation: Operation; handler: Handler },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const { caller, signed } = await admit(gate, operation, request);
    if (operation.body === 'ignored') await passBody(operation, request, reply);
    const answer = await handler({
      axis: gate.axis,
      caller,
      parameters: signed.parameters,
      contentType: signed.contentType,
      sizeBytes: contentLength(request),
      body: () => readUpload(request.raw, reply.raw, refuse),
    });
    return await writeAnswer(answer, reply);
  } catch (error) {
    return answerFailure(failures, error, request, reply);
  }
}

/** Who it is, and whether it may ask now. An address with too many failures is turned away without a look-up. */
async function admit(
  gate: Gate,
  operation: Operation,
  request: FastifyRequest,
): Promise<{ caller: Caller; signed: SignedRequest }> {
  const address = request.ip;
  gate.failures.check(address);
  const signed = readSignedRequest(request.raw.rawHeaders, operation);
  const caller = await prove(gate, signed).catch((error: unknown) => {
    if (error instanceof Refusal && error.kind === 'unauthenticated') gate.failures.failed(address);
    throw error;
  });
  const mayAsk = gate.axis.takeRequest(caller);
  if (!mayAsk.ok) throw refuse('too_many_requests', { seconds: mayAsk.retryAfterSeconds });
  return { caller, signed };
}

/**
 * It only bounds the work that strangers can cause: guessing an HMAC key is hopeless at any rate, and the many systems
 * of a province may share one address, where one with a wrong secret must not shut the others out.
 */
const failureLimit = { failures: 200, withinSeconds: 10, addresses: 20_000 };

/** What the directory allows as an id of a system; anything else is nobody's and needs no look-up. */
const systemIdForm = /^[!-~]{1,100}$/;

async function prove(gate: Gate, signed: SignedRequest): Promise<Caller> {
  const found = systemIdForm.test(signed.systemId) ? await gate.axis.findSystem(signed.systemId) : undefined;
  const { system, credentialId } = authenticate<AuthenticatedSystem>(signed, found);
  return callerOf(system, { credentialId, method: 'vxp' });
}

function contentLength(request: FastifyRequest): number | undefined {
  const text = request.raw.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** Calls without an argument send `{}`: it is read and thrown away, so that the connection can be used again. */
async function passBody(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  let sizeBytes = 0;
  if (unreadBody(request.raw) === 'nothing') return;
  for await (const chunk of readUpload(request.raw, reply.raw, refuse)) {
    sizeBytes += chunk.length;
    if (sizeBytes > ignoredBodyMaxBytes) {
      throw refuse('body_too_large', { operation: operation.name, limitBytes: ignoredBodyMaxBytes });
    }
  }
}

const ignoredBodyMaxBytes = 64 * 1024;
