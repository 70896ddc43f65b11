/** The shape of every answer: `status`, `ErrorCode`, `ErrorDesc`, and what the operation adds beside them. */
import type { Refusal } from '#foundation/refusal';
import { errorNumbers } from './error-codes.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function okAnswer(fields: Fields = {}): string {
  return JSON.stringify({ status: 'OK', ErrorCode: '0', ErrorDesc: '', ...fields });
}

/**
 * The code comes first, in ASCII: clients read the answer of `sendEdoc` in a single-byte character set, where the
 * Vietnamese sentence is garbled.
 */
export function failAnswer(refusal: Refusal): string {
  return JSON.stringify({
    status: 'FAIL',
    ErrorCode: String(errorNumbers.numberOf(refusal.code)),
    ErrorDesc: `${refusal.code}: ${refusal.sentence('vi')}`,
  });
}

/**
 * A refusal is an answer, so it comes with 200, as clients of the existing axes expect; they do not repeat it. 503 is for
 * what passes by itself, our own trouble and too much at once: that they repeat. Nothing here ever means "accepted".
 */
export function httpStatusOf(refusal: Refusal): 200 | 503 {
  return refusal.kind === 'unavailable' || refusal.kind === 'too_many' ? 503 : 200;
}
