import { assert, assertNever } from '#foundation/refusal';
import { AttachmentBody } from './attachment-body.ts';
import { maxAttachments, maxMimeHeadBytes } from './limits.ts';
import type { EdxmlMessage } from './message.ts';
import type { LocatedBody, MessageDraft } from './message-draft.ts';
import { type MimeHead, readMimeHead } from './mime-head.ts';
import { refuse } from './refusals.ts';
import { SecondXmlDraft, secondXmlBodies } from './second-xml.ts';
import { qcvnBodies, XmlReader } from './xml-reader.ts';

/** What takes in the content of one part. */
interface PartReader {
  write(bytes: Buffer): void | Promise<void>;
  end(length: number): unknown;
}

const empty = Buffer.alloc(0);

/**
 * A package of the 2012 dialect with its files (SOAP with Attachments): multipart/related, the message first, then a part
 * for each file or one XML with all of them. Parts stream through; no more than a delimiter is held back.
 */
export class MimeReader {
  readonly #draft: MessageDraft;
  #mode: 'start' | 'part head' | 'part' | 'after delimiter' | 'epilogue' = 'start';
  #pending: Buffer = empty;
  /** Of the first pending byte in the package. */
  #offset = 0;
  #delimiter: Buffer = empty;
  #lineEnd = '\r\n';
  #part: { readonly reader: PartReader; readonly offset: number } | undefined;
  #partCount = 0;
  #xmlPart: { offset: number; length: number } | undefined;
  #finishMessage: (() => EdxmlMessage) | undefined;

  constructor(draft: MessageDraft) {
    this.#draft = draft;
  }

  async write(chunk: Buffer): Promise<void> {
    // Copied where it is kept: the caller may use its buffer again.
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (await this.#step());
    this.#pending = Buffer.from(this.#pending);
  }

  async end(): Promise<EdxmlMessage> {
    if (this.#mode !== 'epilogue') throw this.#malformed('ends within a part');
    assert(this.#finishMessage && this.#xmlPart, 'what is behind the last part has a first one');
    return { ...this.#finishMessage(), xmlOffset: 0, junkBytes: 0, xmlPart: this.#xmlPart };
  }

  /** Works on the pending bytes as far as one mode reaches; false when more are needed. */
  async #step(): Promise<boolean> {
    switch (this.#mode) {
      case 'start':
        return this.#readStart();
      case 'part head':
        return this.#readPartHead();
      case 'part':
        return this.#readPart();
      case 'after delimiter':
        return this.#readAfterDelimiter();
      case 'epilogue':
        this.#take(this.#pending.length);
        return false;
      default:
        return assertNever(this.#mode);
    }
  }

  /** The headers of the whole, where they are there, and the first boundary. */
  #readStart(): boolean {
    const text = this.#pending.toString('latin1', 0, maxMimeHeadBytes);
    const boundary = /^\s*--/.test(text) ? readFirstLine(text) : this.#readBoundary(text);
    const line = boundary === undefined ? undefined : boundaryLine(text, boundary);
    if (boundary === undefined || line === undefined) {
      if (this.#pending.length >= maxMimeHeadBytes) throw this.#malformed('no first boundary');
      return false;
    }
    this.#lineEnd = line.lineEnd;
    this.#delimiter = Buffer.from(`${line.lineEnd}--${boundary}`, 'latin1');
    this.#take(line.end);
    this.#mode = 'part head';
    return true;
  }

  #readBoundary(text: string): string | undefined {
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) return undefined;
    const head = readMimeHead(text.slice(0, end.index));
    const { type, parameters } = head?.contentType ?? { type: '', parameters: new Map<string, string>() };
    const boundary = parameters.get('boundary');
    if (!type.startsWith('multipart/') || boundary === undefined || !/^[\x20-\x7e]{1,200}$/.test(boundary)) {
      throw this.#malformed('no multipart with a boundary');
    }
    return boundary;
  }

  #readPartHead(): boolean {
    const mark = this.#lineEnd + this.#lineEnd;
    // A part without headers begins with the empty line.
    const isBare = this.#pending.indexOf(this.#lineEnd, 0, 'latin1') === 0;
    const end = isBare ? 0 : this.#pending.indexOf(mark, 0, 'latin1');
    if ((end < 0 ? this.#pending.length : end) > maxMimeHeadBytes) {
      throw this.#malformed('the head of a part is too long');
    }
    if (end < 0) return false;
    const head = readMimeHead(this.#pending.toString('utf8', 0, end));
    if (!head) throw this.#malformed('the head of a part');
    this.#take(end + (isBare ? this.#lineEnd.length : mark.length));
    this.#openPart(head);
    this.#mode = 'part';
    return true;
  }

  #openPart(head: MimeHead): void {
    const offset = this.#offset;
    this.#partCount += 1;
    if (this.#partCount === 1) {
      const xml = new XmlReader(this.#draft, { offset, bodies: qcvnBodies });
      if (!asItIs.has(head.transferEncoding)) throw this.#malformed('the message is encoded');
      this.#part = {
        offset,
        reader: {
          write: (bytes) => xml.write(bytes),
          end: (length) => {
            this.#xmlPart = { offset, length };
            this.#finishMessage = () => xml.result();
            return xml.complete();
          },
        },
      };
      return;
    }
    this.#part = {
      offset,
      reader: this.#isSecondXml(head) ? this.#readSecondXml(offset) : this.#readFile(head, offset),
    };
  }

  /** An XML beside the message that it does not name as a file holds the files. */
  #isSecondXml({ contentType, contentId, transferEncoding }: MimeHead): boolean {
    const isXml = /^(?:text|application)\/(?:\w+\+)?xml$/.test(contentType.type);
    return isXml && asItIs.has(transferEncoding) && !this.#draft.hasReference(contentId);
  }

  #readSecondXml(offset: number): PartReader {
    const xml = new XmlReader(new SecondXmlDraft(this.#draft), { offset, bodies: secondXmlBodies });
    return { write: (bytes) => xml.write(bytes), end: () => xml.end() };
  }

  #readFile(head: MimeHead, offset: number): PartReader {
    const ordinal = this.#draft.bodyCount + 1;
    if (ordinal > maxAttachments) throw refuse('too_many', { element: 'attachments', limit: maxAttachments });
    const { contentId, fileName: name, contentType, transferEncoding } = head;
    const isBinary = asItIs.has(transferEncoding);
    if (!isBinary && transferEncoding !== 'base64')
      throw this.#malformed('a transfer encoding that is not read');
    const body = new AttachmentBody({ ordinal, offset, name });
    return {
      write: (bytes) => (isBinary ? body.pushBytes(bytes) : body.push(bytes.toString('latin1'))),
      end: async (length) => {
        const located: LocatedBody = { ...(await body.finish()), offset, length, isBinary };
        this.#draft.addPart({ contentId, name, contentType: contentType.type, body: located });
      },
    };
  }

  async #readPart(): Promise<boolean> {
    const part = this.#part;
    assert(part, 'in the mode part there is one');
    const at = this.#pending.indexOf(this.#delimiter);
    const length = at >= 0 ? at : this.#pending.length - this.#delimiter.length;
    if (length > 0) await part.reader.write(this.#take(length));
    if (at < 0) return false;
    await part.reader.end(this.#offset - part.offset);
    this.#part = undefined;
    this.#take(this.#delimiter.length);
    this.#mode = 'after delimiter';
    return true;
  }

  #readAfterDelimiter(): boolean {
    const rest = this.#pending.toString('latin1', 0, 100);
    if (rest.startsWith('--')) {
      this.#mode = 'epilogue';
      return true;
    }
    const padding = /^[ \t]*\r?\n/.exec(rest);
    if (padding) {
      this.#take(padding[0].length);
      this.#mode = 'part head';
      return true;
    }
    if (!/^(?:-|[ \t]*\r?)$/.test(rest)) throw this.#malformed('what stands behind a boundary');
    return false;
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    this.#offset += length;
    return taken;
  }

  #malformed(reason: string) {
    return refuse('mime_malformed', { offset: this.#offset, reason });
  }
}

/** No encoding but the bytes themselves. */
const asItIs: ReadonlySet<string> = new Set(['', 'binary', '8bit', '7bit']);

function readFirstLine(text: string): string | undefined {
  return /^\s*--([\x21-\x7e]{1,200})[ \t]*\r?\n/.exec(text)?.[1];
}

/** Where the line of the first boundary ends, and by what: all that follow are written alike. */
function boundaryLine(text: string, boundary: string): { end: number; lineEnd: string } | undefined {
  const found = new RegExp(`(?:^|\\n)--${RegExp.escape(boundary)}[ \\t]*(\\r?\\n)`).exec(text);
  return found ? { end: found.index + found[0].length, lineEnd: found[1]! } : undefined;
}
