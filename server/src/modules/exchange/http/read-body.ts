/** The raw body of a request as it arrives, hashed on the way: at its end the digest says whether a repeat is one. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readUpload } from '../wire/read-upload.ts';
import type { TransportRefuse } from '../wire/transport-refusals.ts';
import { refuse } from '../native/refusals.ts';

export interface Body {
  /** Content-Length. */
  readonly sizeBytes: number | undefined;
  /** Once. */
  content(): AsyncIterable<Buffer>;
  /** Of all that was read. */
  digest(): Buffer;
}

export function readBody(request: FastifyRequest, reply: FastifyReply): Body {
  const hash = createHash('sha256');
  const announced = request.raw.headers['content-length'];
  return {
    sizeBytes: announced === undefined ? undefined : Number(announced),
    async *content() {
      for await (const chunk of readStream(request, reply)) {
        hash.update(chunk);
        yield chunk;
      }
    },
    digest: () => hash.copy().digest(),
  };
}

export function readStream(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Buffer> {
  return readUpload(request.raw, reply.raw, refuse as TransportRefuse);
}
