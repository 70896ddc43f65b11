import { okAnswer } from '../answer.ts';
import { isAnnouncedDigest } from '../announced-digest.ts';
import { mediaType } from '../authenticate.ts';
import { readForm } from '../../wire/read-form.ts';
import type { Answer, Call } from '../call.ts';
import { readMessageKind } from '../parameters.ts';
import { refuse } from '../refusals.ts';

/** The body is the edXML file itself, or a form with it in the part `file_doc`; `hash-file` is the file's. */
export async function sendEdoc(call: Call): Promise<Answer> {
  const { axis, caller, parameters, contentType } = call;
  const announced = parameters.get('hash-file')!;
  const onwardOf = parameters.get('onwardof')?.trim();
  const form = contentType !== undefined && mediaType(contentType) === 'multipart/form-data';
  const sent = await axis.send(caller, {
    kind: readMessageKind(parameters),
    from: parameters.get('from')?.trim() || undefined,
    ...(onwardOf && { onwardOf }),
    expectedDigest: (digest) => isAnnouncedDigest(announced, digest),
    sizeBytes: form ? undefined : call.sizeBytes,
    body: form
      ? readForm(call.body(), contentType, { file: 'file_doc', fields: [], refuse }).file
      : call.body(),
  });
  return {
    json: okAnswer({
      DocId: sent.envelopeId,
      // Beside what the SDK reads. It learns whom it did not reach from getSentEdocList too, and by status 02.
      ...(sent.repeated && { repeated: true }),
      ...(sent.refused.length > 0 && { refused: sent.refused }),
    }),
    receipt: sent.receipt,
  };
}
