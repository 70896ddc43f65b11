/** Bodies as streams, for routes that take packages and files larger than memory. */
import type { FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';
import { refuse } from './refusals.ts';

/**
 * Within this plugin `request.body` is the raw stream, whatever the Content-Type (also a multipart or a JSON one), and
 * nothing has been read of it.
 */
export function acceptRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** The body up to a limit: one byte more is a refusal, and so is an end before its time. */
export async function* limitBody(
  body: Readable,
  { sizeBytes }: { readonly sizeBytes: number },
): AsyncGenerator<Buffer, void, undefined> {
  let received = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > sizeBytes) throw refuse('body_too_large', { limit: sizeBytes });
      yield chunk;
    }
  } catch (error) {
    if (isCutOff(error)) throw refuse('body_cut_off', {}, { cause: error });
    throw error;
  }
}

function isCutOff(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ABORT_ERR')
  );
}
