/**
 * Reads DER (X.690, section 10) strictly: definite lengths in their shortest form, integers and object identifiers in
 * theirs, nothing left over. What was signed has one spelling, and whoever reads it here reads what was signed.
 *
 * The reader follows the grammar of its caller and never its input: it does not recurse, and it never looks beyond the
 * bytes that it was given. Everything unexpected is a `Malformed`, which the entries of this folder turn into a verdict.
 */

export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Tag bytes. Tags above 30, which take several bytes, occur in nothing that is read here. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag byte of `[number]`: constructed where it wraps or stands for a sequence, primitive where for a string. */
export function contextTag(number: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number;
}

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length: what is hashed or compared. */
  readonly encoded: Buffer;
}

/** An integer that names something (a serial number, a nonce) rather than counts it. */
const maxIntegerBytes = 64;
const maxIdentifierBytes = 64;

export class DerReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  isNext(tag: number): boolean {
    return this.#bytes[this.#position] === tag;
  }

  /** Whatever comes next, as a whole. */
  any(): DerElement {
    const start = this.#position;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new Malformed('a tag above 30');
    const length = this.#length();
    const from = this.#position;
    if (length > this.#bytes.length - from) throw new Malformed('an element ends after its container');
    this.#position = from + length;
    return {
      tag,
      content: this.#bytes.subarray(from, from + length),
      encoded: this.#bytes.subarray(start, from + length),
    };
  }

  element(tag: number): DerElement {
    if (!this.isNext(tag)) throw new Malformed(`not the expected tag ${tag.toString(16)}`);
    return this.any();
  }

  /** The element if it is what comes next. */
  optional(tag: number): DerElement | undefined {
    return this.isNext(tag) ? this.any() : undefined;
  }

  /** A reader of what an element of this tag holds. */
  inside(tag: number = tags.sequence): DerReader {
    return new DerReader(this.element(tag).content);
  }

  optionalInside(tag: number): DerReader | undefined {
    return this.isNext(tag) ? this.inside(tag) : undefined;
  }

  /** All that is left, one after another; more than so many are refused. */
  all<Value>(read: (reader: DerReader) => Value, most: number): Value[] {
    const values: Value[] = [];
    while (!this.isAtEnd) {
      if (values.length === most) throw new Malformed(`more than ${most} of a kind`);
      values.push(read(this));
    }
    return values;
  }

  /** Refuses what follows after the last thing that the grammar knows. */
  end(): void {
    if (!this.isAtEnd) throw new Malformed('something follows after the end');
  }

  integer(): bigint {
    return integerOf(this.element(tags.integer).content);
  }

  smallInteger(tag: number = tags.integer): number {
    const value = integerOf(this.element(tag).content);
    if (value < 0n || value > 0x7fff_ffffn) throw new Malformed('a number out of range');
    return Number(value);
  }

  boolean(): boolean {
    const { content } = this.element(tags.boolean);
    if (content.length !== 1 || (content[0] !== 0x00 && content[0] !== 0xff))
      throw new Malformed('a boolean');
    return content[0] === 0xff;
  }

  octets(tag: number = tags.octetString): Buffer {
    return this.element(tag).content;
  }

  /** A bit string of whole bytes, as keys and signatures are. */
  bitsOfBytes(): Buffer {
    const { content } = this.element(tags.bitString);
    if (content[0] !== 0) throw new Malformed('a bit string that does not end with a byte');
    return content.subarray(1);
  }

  /** The numbers of the bits that are set in a list of named bits. */
  namedBits(): ReadonlySet<number> {
    const { content } = this.element(tags.bitString);
    const [unused] = content;
    if (unused === undefined || unused > 7 || content.length > 9 || (content.length === 1 && unused !== 0)) {
      throw new Malformed('a list of bits');
    }
    const bits = new Set<number>();
    for (let bit = 0; bit < (content.length - 1) * 8; bit++) {
      if ((content[1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) bits.add(bit);
    }
    if ([...bits].some((bit) => bit >= (content.length - 1) * 8 - unused))
      throw new Malformed('a list of bits');
    return bits;
  }

  objectIdentifier(): string {
    return identifierOf(this.element(tags.objectIdentifier).content);
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new Malformed('it ends too early');
    this.#position++;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    // 0 is the indefinite length of BER; more than 4 bytes is more than there can be.
    if (count === 0 || count > 4) throw new Malformed('a length that is not one of DER');
    let length = 0;
    for (let read = 0; read < count; read++) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (count - 1))
      throw new Malformed('a length that is not the shortest');
    return length;
  }
}

function integerOf(content: Buffer): bigint {
  const [first, second] = content;
  if (first === undefined || content.length > maxIntegerBytes) throw new Malformed('an integer');
  if (second !== undefined && (first === 0x00 ? second < 0x80 : first === 0xff && second >= 0x80)) {
    throw new Malformed('an integer that is not the shortest');
  }
  return BigInt.asIntN(content.length * 8, BigInt(`0x${content.toString('hex')}`));
}

function identifierOf(content: Buffer): string {
  if (content.length === 0 || content.length > maxIdentifierBytes)
    throw new Malformed('an object identifier');
  const numbers: bigint[] = [];
  let number = 0n;
  let isFirstByte = true;
  for (const byte of content) {
    if (isFirstByte && byte === 0x80) throw new Malformed('an object identifier that is not the shortest');
    number = number * 128n + BigInt(byte & 0x7f);
    isFirstByte = byte < 0x80;
    if (!isFirstByte) continue;
    numbers.push(number);
    number = 0n;
  }
  const [first] = numbers;
  if (!isFirstByte || first === undefined) throw new Malformed('an object identifier that is cut off');
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...numbers.slice(1)].join('.');
}
