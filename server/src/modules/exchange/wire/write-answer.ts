/** Writes what an operation answers: a text at once, a content as the client takes it. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { assert } from '#foundation/refusal';

export type Answer = {
  /** One line, at most 2 KB: it goes into a header. */
  readonly receipt?: string;
} & (
  | { readonly json: string }
  | {
      readonly content: AsyncIterable<Buffer>;
      readonly contentType: string;
      readonly sizeBytes?: number;
      readonly fileName?: string;
    }
);

/** A letter of ordinary size is gathered and sent at once: that is cheaper, and its failure is still an answer. */
const gatheredMaxBytes = 64 * 1024;

export async function writeAnswer(answer: Answer, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  if (answer.receipt !== undefined) reply.header('lienthong-receipt', answer.receipt);
  if ('json' in answer) {
    return reply.header('content-type', 'application/json; charset=utf-8').send(answer.json);
  }
  reply.header('content-type', answer.contentType).header('x-content-type-options', 'nosniff');
  if (answer.fileName) reply.header('content-disposition', `attachment; filename="${answer.fileName}"`);
  if (answer.sizeBytes !== undefined && answer.sizeBytes <= gatheredMaxBytes) {
    return reply.send(await gather(answer.content, answer.sizeBytes));
  }
  if (answer.sizeBytes !== undefined) reply.header('content-length', answer.sizeBytes);
  // A client that stops taking is given up by the server's limit on idle connections.
  return reply.send(Readable.from(answer.content, { objectMode: false }));
}

async function gather(content: AsyncIterable<Buffer>, sizeBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const gathered = Buffer.concat(chunks);
  assert(gathered.length === sizeBytes, 'a content has the size that its row says');
  return gathered;
}
