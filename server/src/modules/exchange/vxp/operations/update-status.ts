import { okAnswer } from '../answer.ts';
import type { Answer, Call } from '../call.ts';
import { readDocumentId, readMark } from '../parameters.ts';

/** The transport state of one delivery. The business status is an edXML status message, sent by `sendEdoc`. */
export async function updateStatus({ axis, caller, parameters }: Call): Promise<Answer> {
  const { receipt } = await axis.markDelivery(caller, {
    id: readDocumentId(parameters),
    mark: readMark(parameters),
  });
  return { json: okAnswer(), ...(receipt !== undefined && { receipt }) };
}
