import { refuse } from './refusals.ts';

/** A stretch of an attachment's content, as it stands in the package. */
export type BodyPart =
  /** Of text or CDATA: a character for a byte, references resolved; '' for what only delimits. */
  | { readonly kind: 'text'; readonly length: number; readonly text: string }
  /** A whole comment or processing instruction, for the parser to judge. */
  | { readonly kind: 'markup'; readonly length: number }
  /** The start of a tag. */
  | { readonly kind: 'end tag' | 'element' };

/**
 * Tells the text of an attachment from its markup. That is nearly always plain base64 up to the end tag, 95 % of a
 * package: found by a search for the next `<`, decoded and hashed, it goes by three times as fast as a parser would only
 * read it, and nothing gathers in memory, as CDATA does in saxes.
 */
export class BodyScanner {
  #isInCdata = false;

  /** The first part of these bytes, which are at the offset of the package; undefined while more are needed to tell. */
  next(bytes: Buffer, offset: number): BodyPart | undefined {
    if (this.#isInCdata) return this.#nextInCdata(bytes);
    if (bytes[0] !== lessThan) return nextText(bytes, offset);

    const start = bytes.toString('latin1', 0, cdataStart.length);
    if (start === cdataStart) {
      this.#isInCdata = true;
      return { kind: 'text', length: cdataStart.length, text: '' };
    }
    if (start.startsWith(commentStart)) return nextComment(bytes, offset);
    if (start.startsWith('<?')) return nextInstruction(bytes);
    if (cdataStart.startsWith(start) || commentStart.startsWith(start)) return undefined;
    if (start.startsWith('<!')) throw refuse('doctype');
    return { kind: start.startsWith('</') ? 'end tag' : 'element' };
  }

  #nextInCdata(bytes: Buffer): BodyPart | undefined {
    const end = bytes.indexOf(cdataEnd);
    if (end >= 0) {
      this.#isInCdata = false;
      return { kind: 'text', length: end + cdataEnd.length, text: bytes.toString('latin1', 0, end) };
    }
    // The last bytes may be half of the end.
    let length = bytes.length;
    while (length > 0 && length > bytes.length - 2 && bytes[length - 1] === closingBracket) length -= 1;
    return length > 0 ? { kind: 'text', length, text: bytes.toString('latin1', 0, length) } : undefined;
  }
}

const lessThan = 0x3c;
const closingBracket = 0x5d;
const cdataStart = '<![CDATA[';
const cdataEnd = ']]>';
const commentStart = '<!--';

function nextText(bytes: Buffer, offset: number): BodyPart | undefined {
  const open = bytes.indexOf(lessThan);
  const text = bytes.toString('latin1', 0, open < 0 ? bytes.length : open);
  const lastReference = text.lastIndexOf('&');
  if (lastReference < 0) return { kind: 'text', length: text.length, text };

  const isCut =
    open < 0 && text.length - lastReference < maxReferenceCharacters && !text.includes(';', lastReference);
  const whole = isCut ? text.slice(0, lastReference) : text;
  if (whole === '') return undefined;
  return { kind: 'text', length: whole.length, text: resolveReferences(whole, offset) };
}

/** Leading zeros are allowed, but nobody writes that many. */
const maxReferenceCharacters = 64;

function resolveReferences(text: string, offset: number): string {
  return text.replace(/&(?:([^&;]*);)?/g, (_, name: string | undefined, at: number) => {
    const character = name === undefined ? undefined : characterOf(name);
    if (character === undefined) throw refuse('entity_undeclared', { offset: offset + at });
    return character;
  });
}

/** What XML allows is more than what base64 does, which the decoder looks at. */
function characterOf(name: string): string | undefined {
  const [, decimal, hexadecimal] = /^#(?:(\d+)|x([\da-fA-F]+))$/.exec(name) ?? [];
  if (decimal === undefined && hexadecimal === undefined) return fiveEntities.get(name);
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}

const fiveEntities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function nextComment(bytes: Buffer, offset: number): BodyPart | undefined {
  const dashes = bytes.indexOf('--', commentStart.length);
  if (dashes < 0 || dashes + 2 === bytes.length) return undefined;
  if (bytes[dashes + 2] !== 0x3e) {
    throw refuse('not_well_formed', { offset: offset + dashes, reason: 'malformed comment.' });
  }
  return { kind: 'markup', length: dashes + 3 };
}

function nextInstruction(bytes: Buffer): BodyPart | undefined {
  const end = bytes.indexOf('?>', 2);
  return end < 0 ? undefined : { kind: 'markup', length: end + 2 };
}
