/**
 * The answer of `getEdoc`: JSON whose `data` is the package in base64. Its length is known beforehand and it is made
 * chunk by chunk, so a package of 500 MB costs no more memory than a small one.
 */
import { okAnswer } from './answer.ts';

const [head, tail] = okAnswer({ data: '\u0000' }).split('\\u0000') as [string, string];

export function base64AnswerBytes(contentBytes: number): number {
  return head.length + Math.ceil(contentBytes / 3) * 4 + tail.length;
}

export async function* base64Answer(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(head);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    // Three bytes are four characters: what is left over waits for the next chunk, or padding would come in between.
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1');
  }
  yield Buffer.from(rest.toString('base64') + tail, 'latin1');
}
