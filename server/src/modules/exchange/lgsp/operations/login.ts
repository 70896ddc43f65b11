/** Gives a token for a system's id and secret; `applicationCode`, `otp` and what else clients send says nothing here. */
import { z } from 'zod';
import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import { authenticateBySecret } from '../authenticate.ts';
import type { Proof } from '../authenticate.ts';
import { readJsonBody } from '../json-body.ts';

const credentials = z.object({ username: z.string().max(200), password: z.string().max(400) });

export async function login(
  body: AsyncIterable<Buffer>,
  { findSystem, tokens, now }: Proof,
): Promise<Answer> {
  const { username, password } = await readJsonBody(body, credentials);
  const caller = await authenticateBySecret({ systemId: username.trim(), secret: password }, findSystem);
  const { externalId, credentialId } = caller;
  const token = tokens.issue({ externalId, credentialId }, now);
  return { json: okAnswer({ data: { token, id: caller.systemId, username: externalId } }) };
}
