/** The raw body of a request as it arrives, hashed on the way: at its end the digest says whether a repeat is one. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readUpload } from '../wire/read-upload.ts';
import type { TransportRefuse } from '../wire/transport-refusals.ts';
import { maxPackageBytes } from '../edxml/index.ts';
import { refuse } from '../native/refusals.ts';
import { refuse as refuseExchange } from '../refusals.ts';

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
  const sizeBytes = announced === undefined ? undefined : Number(announced);
  return {
    sizeBytes,
    async *content() {
      let receivedBytes = 0;
      // A repeat is read for its digest alone: nobody behind this would notice that it does not end.
      refuseTooLarge(sizeBytes ?? 0);
      for await (const chunk of readStream(request, reply)) {
        receivedBytes += chunk.length;
        refuseTooLarge(receivedBytes);
        hash.update(chunk);
        yield chunk;
      }
    },
    digest: () => hash.copy().digest(),
  };
}

function refuseTooLarge(sizeBytes: number): void {
  if (sizeBytes > maxPackageBytes) throw refuseExchange('package_too_large', { limitBytes: maxPackageBytes });
}

export function readStream(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Buffer> {
  return readUpload(request.raw, reply.raw, refuse as TransportRefuse);
}
