/** What a system changes in the directory within its own subtree; in production an operator approves it first. */
import { z } from 'zod';
import type { EndingOutcome, RegistrationOutcome } from '#directory';
import { okAnswer } from '../answer.ts';
import type { Answer, Call } from '../call.ts';
import { refuse } from '../refusals.ts';

/** An agency's entry has some hundred bytes. */
const bodyMaxBytes = 64 * 1024;

// The SDK writes every field, unknown ones empty; others leave them out or write null.
const field = z
  .string()
  .max(1_000)
  .nullish()
  .transform((text) => text?.trim() || undefined);
// Its `id` is the vendor's own affair: the code says which organisation is meant.
const agency = z.object({
  pcode: field,
  code: z.string().trim().min(1).max(100),
  name: z.string().trim().min(1).max(1_000),
  mail: field,
  mobile: field,
  fax: field,
});

export async function registerAgency(call: Call): Promise<Answer> {
  const { pcode, code, name, mail, mobile, fax } = await readAgency(call);
  const { outcome } = await call.axis.registerOrganisation(call.caller, {
    parentCode: pcode,
    code,
    name,
    email: mail,
    phone: mobile,
    fax,
  });
  return answerOf(outcome);
}

export async function deleteAgency({ axis, caller, parameters }: Call): Promise<Answer> {
  const { outcome } = await axis.endOrganisation(caller, parameters.get('agencycode')!.trim());
  return answerOf(outcome);
}

/** What waits for an operator is not refused, but not done either: the client may show the sentence. */
function answerOf(outcome: (RegistrationOutcome | EndingOutcome)['outcome']): Answer {
  const pending = 'vxp.approval_pending: Yêu cầu đang chờ quản trị trục phê duyệt.';
  return { json: okAnswer(outcome === 'pending' ? { ErrorDesc: pending } : {}) };
}

async function readAgency(call: Call): Promise<z.infer<typeof agency>> {
  const operation = 'registerAgency';
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of call.body()) {
    sizeBytes += chunk.length;
    if (sizeBytes > bodyMaxBytes) throw refuse('body_too_large', { operation, limitBytes: bodyMaxBytes });
    chunks.push(chunk);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    throw refuse('body_invalid', { operation, problem: 'JSON, UTF-8' }, { cause: error });
  }
  const parsed = agency.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'object');
  throw refuse('body_invalid', { operation, problem: [...new Set(fields)].join(', ') });
}
