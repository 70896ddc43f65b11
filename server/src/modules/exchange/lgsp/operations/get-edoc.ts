import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { readDocumentId } from '../parameters.ts';
import { writeEdoc } from '../write-edoc.ts';

/** One delivery: the package's XML as text, and its files decoded and unwrapped. */
export async function getEdoc({ axis, caller, parameters }: Call): Promise<Answer> {
  const delivery = await axis.fetchDelivery(caller, readDocumentId(parameters));
  return {
    content: writeEdoc(delivery, okAnswer({ data: {} })),
    contentType: 'application/json; charset=utf-8',
    receipt: delivery.receipt,
  };
}
