import { formOverheadMaxBytes, readForm } from '../../wire/read-form.ts';
import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { readMessageKind } from '../parameters.ts';
import { refuse } from '../refusals.ts';

/**
 * The form's `edocFile` is the package, `messageType` may stand before or behind it. Who sends is what its From says:
 * this dialect names nobody beside it.
 */
export async function sendEdoc({ axis, caller, body, contentType, sizeBytes }: Call): Promise<Answer> {
  if (!/^\s*multipart\/form-data\s*;/i.test(contentType ?? '')) throw refuse('multipart_invalid');
  const form = readForm(body(), contentType!, { file: 'edocFile', fields: ['messageType'], refuse });
  const sent = await axis.send(caller, {
    kind: () => readMessageKind(form.fields.get('messageType')),
    from: undefined,
    sizeBytes: undefined,
    leastBytes: Math.max(0, (sizeBytes ?? 0) - formOverheadMaxBytes),
    body: form.file,
  });
  const docId = sent.envelopeId;
  return {
    json: okAnswer({
      docId,
      data: { docId, status: 'OK', errorCode: '0', errorDesc: '' },
      ...(sent.repeated && { repeated: true }),
      ...(sent.refused.length > 0 && { refused: sent.refused }),
    }),
    receipt: sent.receipt,
  };
}
