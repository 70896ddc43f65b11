/**
 * The answer of `getEdoc`: JSON whose `data` is the package in base64. Its length is known beforehand and it is made
 * chunk by chunk, so a package of 500 MB costs no more memory than a small one.
 */
import { base64Text } from '../wire/base64-text.ts';
import { okAnswer } from './answer.ts';

const [head, tail] = okAnswer({ data: '\u0000' }).split('\\u0000') as [string, string];

export function base64AnswerBytes(contentBytes: number): number {
  return head.length + Math.ceil(contentBytes / 3) * 4 + tail.length;
}

export async function* base64Answer(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(head);
  yield* base64Text(content);
  yield Buffer.from(tail);
}
