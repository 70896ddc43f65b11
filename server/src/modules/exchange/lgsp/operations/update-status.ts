/** The transport state of one delivery. The business status is an edXML status message, sent by `sendEdoc`. */
import { z } from 'zod';
import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { readJsonBody } from '../json-body.ts';
import { readMark } from '../parameters.ts';

const marking = z.object({ docId: z.string().trim().min(1).max(200), status: z.string().max(100) });

export async function updateStatus({ axis, caller, body }: Call): Promise<Answer> {
  const { docId, status } = await readJsonBody(body(), marking);
  const { receipt } = await axis.markDelivery(caller, { id: docId, mark: readMark(status) });
  return { json: okAnswer(), ...(receipt !== undefined && { receipt }) };
}
