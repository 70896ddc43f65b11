import { assertNever } from '#foundation/refusal';
import { AttachmentBody, type BodyContent } from './attachment-body.ts';
import { maxAttachments, maxMarkupBytes, maxPackageBytes, maxStructureBytes } from './limits.ts';
import type { EdxmlMessage } from './message.ts';
import { MessageDraft } from './message-draft.ts';
import { checkDeclaration, type Prologue, readPrologue } from './prologue.ts';
import { refuse } from './refusals.ts';
import { createStructure, type Structure } from './structure.ts';
import { decodeUtf8, wholeCharacterLength } from './utf8.ts';
import type { XmlElement } from './xml-element.ts';

export interface EdxmlReader {
  /**
   * Takes the next bytes of a package; throws (or rejects with) a Refusal at the first certain fault. Returns a promise
   * only while a large attachment is inflated: await it before the next call.
   */
  write(chunk: Buffer): void | Promise<void>;
  /** The message, when all bytes were written. */
  end(): EdxmlMessage | Promise<EdxmlMessage>;
}

export interface EdxmlReaderOptions {
  /** false: bodies go through the XML parser too. The tests hold both ways equal. */
  readonly scanBodies?: boolean;
}

/**
 * Reads an edXML package while it streams by, holding its header and never its attachments. Markup goes to sax; the
 * base64 of an attachment, 95 % of the bytes, is found by a scan for the next `<` and goes straight to the decoder,
 * which is four times as fast as any parser of markup.
 */
export function createEdxmlReader(options: EdxmlReaderOptions = {}): EdxmlReader {
  return new PackageReader(options);
}

const lessThan = 0x3c;
const greaterThan = 0x3e;
const ampersand = 0x26;
const empty = Buffer.alloc(0);

class PackageReader implements EdxmlReader {
  readonly #scansBodies: boolean;
  readonly #structure: Structure;
  readonly #draft = new MessageDraft();
  /**
   * `scan`: in a body, plain base64 so far. `body`: in a body, through the parser, until its end tag or, where the body
   * is interspersed with markup, for all of it.
   */
  #mode: 'prologue' | 'structure' | 'scan' | 'body' = 'prologue';
  #prologue: Prologue | undefined;
  /** Offset in the package of the next byte to work on, the first of `#pending` where there are some. */
  #offset = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;
  #structureBytes = 0;
  /** Bytes given to the parser since it last told an event: a tag or comment without end stops here. */
  #silentBytes = 0;
  /** Whether the parser may be inside the start tag of a body, and so gets one `>` at a time. */
  #isAwaitingTag = false;

  #attachment: XmlElement | undefined;
  #body: AttachmentBody | undefined;
  #bodyOffset = 0;
  #bodyTexts: string[] = [];
  #bodyIsClosed = false;
  #lastLessThan = 0;
  #waiting: Promise<void> | undefined;

  constructor(options: EdxmlReaderOptions) {
    this.#scansBodies = options.scanBodies ?? true;
    this.#structure = createStructure({
      declaration: checkDeclaration,
      root: (root) => this.#draft.setRoot(root),
      bodyOpened: (attachment) => {
        if (this.#draft.hasBody(attachment)) {
          throw refuse('element_repeated', {
            element: 'AttachmentEncoded/Attachment/ContentTransferEncoded',
          });
        }
        if (this.#draft.bodyCount === maxAttachments) {
          throw refuse('too_many', { element: 'attachments', limit: maxAttachments });
        }
        this.#attachment = attachment;
      },
      bodyText: (text) => this.#bodyTexts.push(text),
      bodyElement: () => {
        throw refuse('body_has_elements', { attachment: this.#draft.bodyCount + 1 });
      },
      bodyClosed: () => {
        this.#bodyIsClosed = true;
      },
      closed: (element, parent) => this.#draft.close(element, parent),
    });
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > maxPackageBytes) throw refuse('package_too_large', { limitBytes: maxPackageBytes });
    return this.#advance(chunk);
  }

  end(): EdxmlMessage | Promise<EdxmlMessage> {
    if (this.#mode === 'prologue') {
      const start = this.#takePending(empty);
      this.#prologue = readPrologue(start, true);
      this.#mode = 'structure';
      this.#offset = this.#prologue?.xmlOffset ?? 0;
      const rest = start.subarray(this.#offset);
      const waiting = this.#advance(rest);
      if (waiting) return waiting.then(() => this.#conclude());
    }
    return this.#conclude();
  }

  #conclude(): EdxmlMessage {
    if (!this.#structure.isComplete || !this.#prologue) {
      throw refuse('truncated', { sizeBytes: this.#sizeBytes });
    }
    if (this.#takePending(empty).toString('latin1').trim() !== '') {
      throw refuse('not_well_formed', { offset: this.#offset, reason: 'content behind the root element' });
    }
    this.#structure.finish();
    return this.#draft.finish(this.#prologue);
  }

  #advance(bytes: Buffer): void | Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      rest = this.#step(rest);
      const waiting = this.#waiting;
      if (waiting) {
        this.#waiting = undefined;
        return waiting.then(() => this.#advance(rest));
      }
    }
    return undefined;
  }

  /** Works on the first of the bytes, as far as one mode reaches; returns the others. */
  #step(bytes: Buffer): Buffer {
    switch (this.#mode) {
      case 'prologue':
        return this.#readPrologue(bytes);
      case 'structure':
        return this.#readStructure(bytes);
      case 'scan':
        return this.#scanBody(bytes);
      case 'body':
        return this.#parseBody(bytes);
      default:
        return assertNever(this.#mode);
    }
  }

  #readPrologue(bytes: Buffer): Buffer {
    const start = this.#takePending(bytes);
    this.#prologue = readPrologue(start, false);
    if (!this.#prologue) {
      this.#keepPending(start);
      return empty;
    }
    this.#mode = 'structure';
    this.#offset = this.#prologue.xmlOffset;
    return start.subarray(this.#offset);
  }

  /**
   * Parses up to the last `>` and keeps the rest, so that the start tag of a body is never cut in two: the byte behind
   * its `>` is the first of the body, known to the byte.
   */
  #readStructure(bytes: Buffer): Buffer {
    if (bytes.lastIndexOf(greaterThan) < 0) {
      this.#keepPending(bytes);
      if (this.#pendingBytes > maxMarkupBytes) throw this.#markupTooLong();
      return empty;
    }
    const all = this.#takePending(bytes);
    const end = all.lastIndexOf(greaterThan) + 1;
    let position = 0;
    while (position < end) {
      const stop = this.#nextStop(all, position, end);
      this.#parse(all.subarray(position, stop));
      position = stop;
      if (this.#attachment) {
        this.#openBody();
        return all.subarray(position);
      }
    }
    this.#keepPending(all.subarray(end));
    return empty;
  }

  /** Where to stop parsing for a moment: behind the `>` of what may be the start tag of a body. */
  #nextStop(all: Buffer, position: number, end: number): number {
    if (this.#isAwaitingTag) return all.indexOf(greaterThan, position) + 1;
    const name = all.indexOf('ContentTransferEncoded', position, 'latin1');
    if (name < 0 || name >= end) return end;
    this.#isAwaitingTag = true;
    return all.indexOf(greaterThan, name) + 1;
  }

  #parse(bytes: Buffer): void {
    const tagsBefore = this.#structure.tagCount;
    this.#structureBytes += bytes.length;
    if (this.#structureBytes > maxStructureBytes) {
      throw refuse('structure_too_large', { limitBytes: maxStructureBytes });
    }
    this.#parseText(bytes);
    if (this.#structure.tagCount > tagsBefore) this.#isAwaitingTag = false;
  }

  #parseText(bytes: Buffer): void {
    const eventsBefore = this.#structure.eventCount;
    this.#structure.write(decodeUtf8(bytes, this.#offset), this.#offset);
    // Text of a body goes on at once, and so is an event; a comment within it is not.
    if (this.#mode === 'body') this.#structure.flush();
    this.#offset += bytes.length;
    this.#silentBytes = this.#structure.eventCount > eventsBefore ? 0 : this.#silentBytes + bytes.length;
    if (this.#silentBytes > maxMarkupBytes) throw this.#markupTooLong();
  }

  #openBody(): void {
    this.#bodyOffset = this.#offset;
    this.#lastLessThan = this.#offset;
    this.#body = new AttachmentBody({
      ordinal: this.#draft.bodyCount + 1,
      offset: this.#bodyOffset,
      name: this.#attachment ? this.#draft.nameOf(this.#attachment) : '',
    });
    this.#mode = this.#scansBodies ? 'scan' : 'body';
    // `<ContentTransferEncoded/>`.
    if (this.#bodyIsClosed) this.#closeBody(this.#body);
  }

  #scanBody(bytes: Buffer): Buffer {
    const markup = firstOf(bytes.indexOf(lessThan), bytes.indexOf(ampersand), bytes.length);
    if (markup > 0) {
      const base64 = markup < bytes.length ? bytes.subarray(0, markup) : bytes;
      this.#pushBody(base64.toString('latin1'), base64);
      this.#offset += markup;
    }
    if (markup === bytes.length) return empty;
    this.#mode = 'body';
    return bytes.subarray(markup);
  }

  /** One `>` at a time, giving out the text at once; a character that is cut in two waits for its rest. */
  #parseBody(bytes: Buffer): Buffer {
    const all = this.#takePending(bytes);
    const next = all.indexOf(greaterThan) + 1;
    const piece = next > 0 ? all.subarray(0, next) : all.subarray(0, wholeCharacterLength(all));
    const open = piece.lastIndexOf(lessThan);
    if (open >= 0) this.#lastLessThan = this.#offset + open;
    this.#parseText(piece);

    const texts = this.#bodyTexts;
    this.#bodyTexts = [];
    for (const text of texts) this.#pushBody(text);
    if (this.#bodyIsClosed && this.#body) this.#closeBody(this.#body);
    if (next > 0) return all.subarray(next);
    this.#keepPending(all.subarray(piece.length));
    return empty;
  }

  #pushBody(text: string, bytes?: Buffer): void {
    const body = this.#body;
    if (!body) return;
    if (this.#waiting) {
      this.#waiting = this.#waiting.then(() => body.push(text));
      return;
    }
    try {
      this.#waiting = body.push(text) ?? undefined;
    } catch (error) {
      // What the parser would say of such bytes comes first, so that both ways refuse alike.
      if (bytes) decodeUtf8(bytes, this.#offset);
      throw error;
    }
  }

  #closeBody(body: AttachmentBody): void {
    const attachment = this.#attachment;
    const offset = this.#bodyOffset;
    const length = this.#lastLessThan - offset;
    this.#attachment = undefined;
    this.#body = undefined;
    this.#bodyIsClosed = false;
    this.#mode = 'structure';
    const keep = (content: BodyContent) => {
      if (attachment) this.#draft.addBody(attachment, { ...content, offset, length });
    };
    if (this.#waiting) {
      this.#waiting = this.#waiting.then(() => body.finish()).then(keep);
      return;
    }
    const content = body.finish();
    if (content instanceof Promise) this.#waiting = content.then(keep);
    else keep(content);
  }

  #takePending(bytes: Buffer): Buffer {
    if (this.#pendingBytes === 0) return bytes;
    const all = Buffer.concat([...this.#pending, bytes]);
    this.#pending = [];
    this.#pendingBytes = 0;
    return all;
  }

  /** Copied: the caller may use its buffer again. */
  #keepPending(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
  }

  #markupTooLong() {
    return refuse('markup_too_long', { limitBytes: maxMarkupBytes, offset: this.#offset });
  }
}

function firstOf(a: number, b: number, otherwise: number): number {
  if (a < 0) return b < 0 ? otherwise : b;
  return b < 0 ? a : Math.min(a, b);
}
