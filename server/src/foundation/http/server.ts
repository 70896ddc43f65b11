/**
 * The HTTP server as every module gets it: ids for requests, one shape for refusals, safe headers, limits against slow
 * and large requests, an access log that names routes and never query strings or persons, and draining.
 */
import { newId } from '#foundation/ids';
import { assert, Refusal } from '#foundation/refusal';
import swagger from '@fastify/swagger';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { Server as TlsServer } from 'node:tls';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { problemOf } from './problem.ts';
import { refuse } from './refusals.ts';
import { securityHeaders } from './security-headers.ts';

export type HttpServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface HttpServerOptions {
  /** Told of each request and of each bug; nobody where left out. */
  readonly log?: FastifyBaseLogger;
  /** Addresses of proxies whose X-Forwarded-* headers are believed; none where left out. */
  readonly trustedProxies?: readonly string[];
  /** PEM; plain HTTP where left out, behind a proxy that ends TLS or on the machine itself. */
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
  readonly title?: string;
  /** How long one request may take to arrive as a whole. */
  readonly requestTimeoutSeconds?: number;
}

const limits = {
  headersBytes: 64 * 1024, // the national client's headers accumulate over its life
  jsonBodyBytes: 1024 * 1024,
  headersTimeoutMillis: 15_000,
  idleMillis: 60_000, // a socket on which nothing moves, in the middle of a request as well
  keepAliveMillis: 65_000, // longer than the 60 s of usual proxies, so that they close first
  // 2 GB at the 256 KB/s of a commune's line. Idle sockets end much earlier, and routes with bodies ask for a mean rate.
  requestTimeoutSeconds: 3 * 3600,
  parameterLength: 300,
} as const;

export async function createServer(options: HttpServerOptions = {}): Promise<HttpServer> {
  const server = Fastify({
    ...listenerOf(options),
    requestTimeout: (options.requestTimeoutSeconds ?? limits.requestTimeoutSeconds) * 1000,
    connectionTimeout: limits.idleMillis,
    keepAliveTimeout: limits.keepAliveMillis,
    bodyLimit: limits.jsonBodyBytes,
    // Configured addresses often end in a slash already.
    routerOptions: { maxParamLength: limits.parameterLength, ignoreDuplicateSlashes: true },
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    // Never from a header: an id that a caller chooses is no id.
    genReqId: () => newId<'request'>(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // Our own access log line says less about persons.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    ...(options.log && { loggerInstance: options.log }),
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler,
  }).withTypeProvider<ZodTypeProvider>();

  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(answerError);
  server.setNotFoundHandler((request, reply) => answerError(refuse('not_found'), request, reply));
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).header('Request-Id', request.id);
  });
  server.addHook('onResponse', async (request, reply) => {
    request.log.info({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      millis: Math.round(reply.elapsedTime),
    });
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title ?? 'Liên Thông', version: '1' },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  return server;
}

/**
 * An https server is an http server over TLS: everything that we use of it is the same, so that one type serves both and
 * modules need not care.
 */
function listenerOf({ tls }: HttpServerOptions): { http: ServerOptions } {
  const listener = { maxHeaderSize: limits.headersBytes, headersTimeout: limits.headersTimeoutMillis };
  if (!tls) return { http: listener };
  const secured = { https: { ...listener, ...secureContextOf(tls) } };
  return secured as unknown as { http: ServerOptions };
}

/** For connections from now on; those that are open keep the certificate with which they began. */
export function useCertificate(server: HttpServer, tls: NonNullable<HttpServerOptions['tls']>): void {
  const { server: listener } = server as { server: unknown };
  assert(listener instanceof TlsServer, 'only a server that ends TLS has a certificate');
  listener.setSecureContext({ ...secureContextOf(tls) });
}

function secureContextOf({ certificate, key }: NonNullable<HttpServerOptions['tls']>) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' } as const;
}

/** Stops taking requests, lets those that run finish, and cuts off those that do not within the time. */
export async function drain(server: HttpServer, { withinMillis }: { withinMillis: number }): Promise<void> {
  const cut = setTimeout(() => server.server.closeAllConnections(), withinMillis);
  try {
    await server.close();
  } finally {
    clearTimeout(cut);
  }
}

/** The one mapper from what was thrown to what is answered. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, {
    requestId: request.id,
    acceptLanguage: request.headers['accept-language'],
  });
  if (problem.status >= 500 && !(error instanceof Refusal)) {
    request.log.error({ route: request.routeOptions.url, error });
  }
  // What is left of a body that nobody reads would be taken for the next request.
  if (!request.raw.complete) reply.header('Connection', 'close');
  const seconds = problem.parameters['seconds'];
  if (problem.status === 429 && typeof seconds === 'number') reply.header('Retry-After', String(seconds));
  if (problem.status === 503 && !reply.hasHeader('Retry-After')) reply.header('Retry-After', '5');
  // The answer is written as it is: the route's response schema describes its successes.
  reply
    .status(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem);
}

/** Before there is a request: headers too large, too slow, or not HTTP at all. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: import('node:stream').Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
