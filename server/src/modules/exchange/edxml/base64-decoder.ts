/**
 * Strict base64 in pieces: white space between the characters is allowed, everything else must be right to the last
 * bit. (`Buffer.from(text, 'base64')` skips what it does not know, and two packages with different text would then
 * have the same attachment.)
 */
export class Base64Decoder {
  /** Characters seen; for plain text also the bytes. */
  characters = 0;
  /** Characters that await the rest of their group of four; from the first `=` on, everything. */
  #held = '';
  #isPadded = false;

  /** The bytes that this piece completes. Throws Base64Fault. */
  push(text: string): Buffer {
    const before = this.characters - this.#held.length;
    this.characters += text.length;
    // What the decoder takes for white space and XML does not.
    if (text.includes('\f')) throw new Base64Fault(before + this.#held.length + text.indexOf('\f'));
    const all = this.#held + text;
    const padding = this.#isPadded ? 0 : all.indexOf('=');
    if (padding >= 0) return this.#pushPadded(all, padding, before);

    const bytes = Buffer.allocUnsafe(Math.ceil(all.length / 4) * 3);
    const { read, written } = decode(bytes, all, 'stop-before-partial', before);
    // The rest is a partial group with white space around; only the characters count.
    this.#held = all.slice(read).replace(whiteSpace, '');
    return bytes.subarray(0, written);
  }

  /** The bytes of the last group. Throws Base64Fault. */
  finish(): Buffer {
    const bytes = Buffer.allocUnsafe(6);
    const { written } = decode(bytes, this.#held, 'strict', this.characters - this.#held.length);
    return bytes.subarray(0, written);
  }

  #pushPadded(all: string, padding: number, before: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.ceil(padding / 4) * 3);
    const { read, written } = decode(bytes, all.slice(0, padding), 'stop-before-partial', before);
    this.#held = all.slice(read).replace(whiteSpace, '');
    this.#isPadded = true;
    if (this.#held.length > 4 || afterPadding.test(this.#held)) {
      throw new Base64Fault(before + all.indexOf('=') + 1);
    }
    return bytes.subarray(0, written);
  }
}

/** Where the text is wrong: the index of the character, counted from the start of the body. */
export class Base64Fault extends Error {
  readonly index: number;
  constructor(index: number) {
    super(`base64 is wrong at character ${index}`);
    this.index = index;
  }
}

const whiteSpace = /[ \t\r\n]+/g;
const illegal = /[^A-Za-z0-9+/ \t\r\n=]/;
const afterPadding = /=[^=]/;

function decode(
  into: Uint8Array,
  text: string,
  lastChunkHandling: 'strict' | 'stop-before-partial',
  before: number,
): { read: number; written: number } {
  try {
    return into.setFromBase64(text, { lastChunkHandling });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const index = text.search(illegal);
    throw new Base64Fault(before + (index < 0 ? text.length : index));
  }
}
