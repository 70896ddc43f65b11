/** What a server answered, as the typed value that a command needs; a stranger's answer is trouble, not a crash. */
import type { z } from 'zod';
import { troubled } from '../failure.ts';

/** Undefined for what is no JSON, such as the page of a proxy. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function parseAnswer<T>(body: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw troubled(
    {
      vi: 'Câu trả lời của máy chủ thiếu thông tin cần thiết.',
      en: 'The answer of the server lacks what is needed.',
    },
    { cause: parsed.error },
  );
}
