/** The shape of every answer: `success`, `message`, and what the operation adds beside them. */
import { assertNever } from '#foundation/refusal';
import type { Refusal } from '#foundation/refusal';
import type { FailureAnswer } from '../wire/answer-failure.ts';
import { errorNumbers } from './error-codes.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function okAnswer(fields: Fields = {}): string {
  return JSON.stringify({ success: true, message: 'OK', ...fields });
}

/**
 * Real clients take any JSON that is no success for the axis' last word, whatever the HTTP status: they note the error
 * and never send again. So what passes by itself is told in plain text with 503, which they repeat (30 s to 480 s).
 * A wrong secret or token is 401: with 200 a client that lists would show an empty mailbox and nobody would notice.
 */
export function failureAnswer(refusal: Refusal): FailureAnswer {
  const description = `${refusal.code}: ${refusal.sentence('vi')}`;
  if (isPassing(refusal)) {
    return { status: 503, text: description, contentType: 'text/plain; charset=utf-8' };
  }
  const errorCode = String(errorNumbers.numberOf(refusal.code));
  return {
    status: statusOf(refusal),
    text: JSON.stringify({
      success: false,
      message: description,
      data: { docId: '', status: 'FAIL', errorCode, errorDesc: description },
    }),
  };
}

/** A slow line is no fault of the document. */
function isPassing({ code, kind }: Refusal): boolean {
  return (
    kind === 'unavailable' ||
    kind === 'too_many' ||
    code === 'lgsp.upload_too_slow' ||
    code === 'lgsp.upload_cut'
  );
}

function statusOf({ code, kind }: Refusal): number {
  switch (kind) {
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      // What a system may not do with a document is a refusal like any other.
      return code === 'exchange.system_suspended' ? 403 : 200;
    case 'not_found':
      return code === 'lgsp.operation_unknown' ? 404 : 200;
    case 'invalid':
    case 'conflict':
    case 'too_large':
    case 'too_many':
    case 'unavailable':
      return 200;
    default:
      return assertNever(kind);
  }
}
