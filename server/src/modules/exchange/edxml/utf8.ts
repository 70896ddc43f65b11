import { isUtf8 } from 'node:buffer';
import { refuse } from './refusals.ts';

/** The text of bytes that end with a whole character; refuses what is not UTF-8 or not allowed in XML. */
export function decodeUtf8(bytes: Buffer, offset: number): string {
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) {
    throw refuse('not_utf8', { offset: offset + Buffer.byteLength(text.slice(0, text.indexOf('\ufffd'))) });
  }
  const illegal = text.search(notAllowedInXml);
  if (illegal >= 0) {
    throw refuse('illegal_character', { offset: offset + Buffer.byteLength(text.slice(0, illegal)) });
  }
  return text;
}

/** Everything but XML's `Char`; well-formed UTF-8 has no lone surrogates, so pairs pass as they are. */
export const notAllowedInXml = /[^\t\n\r -\ufffd]/;
