/** The small JSON bodies of this dialect. */
import type { z } from 'zod';
import { refuse } from './refusals.ts';

const bodyMaxBytes = 64 * 1024;

export async function readJsonBody<Schema extends z.ZodType>(
  body: AsyncIterable<Buffer>,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > bodyMaxBytes) throw refuse('body_too_large', { limitBytes: bodyMaxBytes });
    chunks.push(chunk);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    throw refuse('body_invalid', { problem: 'JSON, UTF-8' }, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'object');
  throw refuse('body_invalid', { problem: [...new Set(fields)].join(', ') });
}
