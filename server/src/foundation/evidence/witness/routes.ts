/** The HTTP interface of C2SP tlog-witness. The caller is nobody: what counts is who signed the checkpoint. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sha256 } from '../encoding.ts';
import { cosignCheckpoint, type CosigningAnswer, type Witness } from './cosign-checkpoint.ts';

export interface WitnessRouteOptions {
  readonly witness: Witness;
}

/** A checkpoint with 16 post-quantum signatures, which must be taken, and a proof of 63 hashes. */
const maxBodyBytes = 128 * 1024;
const text = 'text/plain; charset=utf-8';

export async function witnessRoutes(app: FastifyInstance, { witness }: WitnessRouteOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.post('/add-checkpoint', async (request, reply) => {
    const { body } = request;
    return answerWith(reply, cosignCheckpoint(witness, typeof body === 'string' ? body : ''));
  });

  // Origins are found by their hashes, so that they need not fit into a path.
  const origins = new Map([...witness.logs.keys()].map((origin) => [sha256(origin).toString('hex'), origin]));
  app.get<{ Params: { originHash: string } }>('/:originHash/checkpoint', async (request, reply) => {
    const origin = origins.get(request.params.originHash);
    const kept = origin === undefined ? undefined : witness.memory.kept(origin);
    if (!kept) return reply.code(404).header('content-type', text).send('nothing cosigned of that log\n');
    return reply.header('content-type', text).header('cache-control', 'no-cache').send(kept.checkpoint);
  });
}

function answerWith(reply: FastifyReply, answer: CosigningAnswer): FastifyReply {
  reply.code(answer.status);
  if (answer.status === 200) return reply.header('content-type', text).send(answer.cosignature);
  // As bytes: to a text Fastify would add a character set, which the specification's type does not have.
  if (answer.status === 409) {
    return reply.header('content-type', 'text/x.tlog.size').send(Buffer.from(`${answer.size}\n`));
  }
  return reply.header('content-type', text).send(`${answer.reason}\n`);
}
