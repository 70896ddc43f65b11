/** The package of one delivery, in base64 or raw: byte for byte what was sent. */
import { base64Answer, base64AnswerBytes } from '../base64-answer.ts';
import type { Answer, Call } from '../call.ts';
import { readDocumentId } from '../parameters.ts';

export async function getEdoc({ axis, caller, parameters }: Call): Promise<Answer> {
  const delivery = await axis.fetchDelivery(caller, readDocumentId(parameters));
  return {
    content: base64Answer(delivery.content),
    contentType: 'application/json; charset=utf-8',
    sizeBytes: base64AnswerBytes(delivery.sizeBytes),
    receipt: delivery.receipt,
  };
}

export async function downloadEdoc({ axis, caller, parameters }: Call): Promise<Answer> {
  const delivery = await axis.fetchDelivery(caller, readDocumentId(parameters));
  return {
    content: delivery.content,
    contentType: 'application/octet-stream',
    sizeBytes: delivery.sizeBytes,
    fileName: `${delivery.deliveryId}.edxml`,
    receipt: delivery.receipt,
  };
}
