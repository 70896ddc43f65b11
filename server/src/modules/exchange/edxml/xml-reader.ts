import { assert, assertNever } from '#foundation/refusal';
import { AttachmentBody, type BodyContent } from './attachment-body.ts';
import { BodyScanner } from './body-scanner.ts';
import { maxAttachments, maxMarkupBytes, maxStructureBytes } from './limits.ts';
import type { LocatedBody } from './message-draft.ts';
import { type Prologue, readPrologue } from './prologue.ts';
import { refuse } from './refusals.ts';
import { type BodyPlace, Structure } from './structure.ts';
import { decodeUtf8 } from './utf8.ts';
import type { XmlElement } from './xml-element.ts';

/** What becomes of the parts of an XML while it streams by. */
export interface Draft<Result> {
  setRoot(root: { name: string; namespace: string }): void;
  close(element: XmlElement, parent: XmlElement | undefined): void;
  hasBody(attachment: XmlElement): boolean;
  readonly bodyCount: number;
  nameOf(attachment: XmlElement): string;
  addBody(attachment: XmlElement, body: LocatedBody): void;
  finish(prologue: Prologue): Result;
}

export interface XmlPlace {
  /** Where the XML begins in the package; it may be a part of a larger one. */
  readonly offset: number;
  readonly bodies: BodyPlace;
}

export const qcvnBodies: BodyPlace = {
  element: 'ContentTransferEncoded',
  parent: 'Attachment',
  grandparent: 'AttachmentEncoded',
};

const greaterThan = 0x3e;
const empty = Buffer.alloc(0);

/**
 * Reads an XML while it streams by, holding its header and never its attachments. Markup goes to saxes; the content of
 * an attachment goes past it, from a scan for the next `<` straight to the decoder.
 */
export class XmlReader<Result> {
  readonly #draft: Draft<Result>;
  readonly #place: XmlPlace;
  readonly #structure: Structure;
  #mode: 'prologue' | 'structure' | 'body' = 'prologue';
  #prologue: Prologue | undefined;
  /** Offset in the package of the next byte to work on, the first of `#pending` where there are some. */
  #offset = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;
  #structureBytes = 0;
  /** Bytes given to the parser since it last told of a tag or text: a tag or comment without end stops here. */
  #silentBytes = 0;
  /** Whether the parser may be inside the start tag of a body, and so gets one `>` at a time. */
  #isAwaitingTag = false;
  #opened: { readonly attachment: XmlElement; readonly isEmpty: boolean } | undefined;
  #body: OpenBody | undefined;
  #waiting: Promise<void> | undefined;

  constructor(draft: Draft<Result>, place: XmlPlace) {
    this.#draft = draft;
    this.#place = place;
    this.#structure = new Structure(
      {
        root: (root) => draft.setRoot(root),
        bodyOpened: (attachment, isEmpty) => {
          this.#opened = { attachment, isEmpty };
        },
        closed: (element, parent) => draft.close(element, parent),
      },
      place.bodies,
    );
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#sizeBytes += chunk.length;
    return this.#advance(chunk);
  }

  end(): Result | Promise<Result> {
    const waiting = this.complete();
    return waiting ? waiting.then(() => this.result()) : this.result();
  }

  /** Refuses what is not a whole XML. */
  complete(): void | Promise<void> {
    if (this.#mode === 'prologue') {
      const start = this.#takePending(empty);
      this.#prologue = readPrologue(start, true);
      this.#mode = 'structure';
      const xmlOffset = this.#prologue?.xmlOffset ?? 0;
      this.#offset = this.#place.offset + xmlOffset;
      const waiting = this.#advance(start.subarray(xmlOffset));
      if (waiting) return waiting.then(() => this.#conclude());
    }
    return this.#conclude();
  }

  /** Of a complete XML. */
  result(): Result {
    assert(this.#prologue, 'a complete XML has a start');
    return this.#draft.finish(this.#prologue);
  }

  #conclude(): void {
    if (!this.#structure.isComplete || !this.#prologue) {
      throw refuse('truncated', { sizeBytes: this.#sizeBytes });
    }
    // By name: `trim` would also take form feeds and no-break spaces, which XML does not allow here.
    if (/[^ \t\r\n]/.test(this.#takePending(empty).toString('latin1'))) {
      throw refuse('not_well_formed', { offset: this.#offset, reason: 'content behind the root element' });
    }
    this.#structure.finish();
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
      case 'body':
        return this.#readBody(bytes);
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
    this.#offset = this.#place.offset + this.#prologue.xmlOffset;
    return start.subarray(this.#prologue.xmlOffset);
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
      if (this.#opened) {
        this.#openBody(this.#opened);
        return all.subarray(position);
      }
    }
    this.#keepPending(all.subarray(end));
    return empty;
  }

  /** Where to stop parsing for a moment: behind the `>` of what may be the start tag of a body. */
  #nextStop(all: Buffer, position: number, end: number): number {
    if (this.#isAwaitingTag) return all.indexOf(greaterThan, position) + 1;
    const name = all.indexOf(this.#place.bodies.element, position, 'latin1');
    if (name < 0 || name >= end) return end;
    this.#isAwaitingTag = true;
    return all.indexOf(greaterThan, name) + 1;
  }

  #parse(bytes: Buffer): void {
    const { tagCount, eventCount } = this.#structure;
    this.#give(bytes);
    if (this.#structure.tagCount > tagCount) this.#isAwaitingTag = false;
    this.#silentBytes = this.#structure.eventCount > eventCount ? 0 : this.#silentBytes + bytes.length;
    if (this.#silentBytes > maxMarkupBytes) throw this.#markupTooLong();
  }

  /** To the parser. */
  #give(bytes: Buffer): void {
    this.#structureBytes += bytes.length;
    if (this.#structureBytes > maxStructureBytes) {
      throw refuse('structure_too_large', { limitBytes: maxStructureBytes });
    }
    this.#structure.write(decodeUtf8(bytes, this.#offset), this.#offset);
    this.#offset += bytes.length;
  }

  #openBody({ attachment, isEmpty }: { attachment: XmlElement; isEmpty: boolean }): void {
    this.#opened = undefined;
    if (this.#draft.hasBody(attachment)) {
      throw refuse('element_repeated', { element: 'AttachmentEncoded/Attachment/ContentTransferEncoded' });
    }
    if (this.#draft.bodyCount === maxAttachments) {
      throw refuse('too_many', { element: 'attachments', limit: maxAttachments });
    }
    const offset = this.#offset;
    const ordinal = this.#draft.bodyCount + 1;
    const content = new AttachmentBody({ ordinal, offset, name: this.#draft.nameOf(attachment) });
    this.#body = { attachment, ordinal, offset, scanner: new BodyScanner(), content };
    if (isEmpty) this.#closeBody(this.#body);
    else this.#mode = 'body';
  }

  #readBody(bytes: Buffer): Buffer {
    const body = this.#body;
    assert(body, 'in the mode body there is a body');
    const all = this.#takePending(bytes);
    const part = body.scanner.next(all, this.#offset);
    switch (part?.kind) {
      case 'text':
        this.#waiting = body.content.push(part.text) ?? undefined;
        this.#offset += part.length;
        return all.subarray(part.length);
      case 'markup':
        this.#give(all.subarray(0, part.length));
        return all.subarray(part.length);
      case 'end tag':
        this.#closeBody(body);
        return all;
      case 'element':
        throw refuse('body_has_elements', { attachment: body.ordinal });
      case undefined:
        this.#keepPending(all);
        if (this.#pendingBytes > maxMarkupBytes) throw this.#markupTooLong();
        return empty;
      default:
        return assertNever(part);
    }
  }

  #closeBody({ attachment, offset, content }: OpenBody): void {
    const length = this.#offset - offset;
    this.#body = undefined;
    this.#mode = 'structure';
    const keep = (read: BodyContent) => this.#draft.addBody(attachment, { ...read, offset, length });
    const read = content.finish();
    if (read instanceof Promise) this.#waiting = read.then(keep);
    else keep(read);
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

interface OpenBody {
  readonly attachment: XmlElement;
  readonly ordinal: number;
  /** Where its first byte is in the package. */
  readonly offset: number;
  readonly scanner: BodyScanner;
  readonly content: AttachmentBody;
}
