import { maxPackageBytes } from './limits.ts';
import type { EdxmlMessage } from './message.ts';
import { MessageDraft } from './message-draft.ts';
import { MimeReader } from './mime-reader.ts';
import type { MessageHeader } from './read-header.ts';
import { refuse } from './refusals.ts';
import { qcvnBodies, XmlReader } from './xml-reader.ts';

export interface EdxmlReader {
  /**
   * Takes the next bytes of a package; throws (or rejects with) a Refusal at the first certain fault. Returns a promise
   * only while a large attachment is inflated: await it before the next call.
   */
  write(chunk: Buffer): void | Promise<void>;
  /** Known from its end on, long before the attachments; undefined until then. */
  readonly header: MessageHeader | undefined;
  /** The message, when all bytes were written. */
  end(): EdxmlMessage | Promise<EdxmlMessage>;
}

/** Reads an edXML package while it streams by: an XML, or a MIME package of the 2012 dialect around one. */
export function createEdxmlReader(): EdxmlReader {
  return new PackageReader();
}

const empty = Buffer.alloc(0);

type FormReader = Pick<EdxmlReader, 'write' | 'end'>;

class PackageReader implements EdxmlReader {
  readonly #draft = new MessageDraft();
  #form: FormReader | undefined;
  #start: Buffer = empty;
  #sizeBytes = 0;

  get header(): MessageHeader | undefined {
    return this.#draft.header;
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > maxPackageBytes) throw refuse('package_too_large', { limitBytes: maxPackageBytes });
    if (this.#form) return this.#form.write(chunk);
    // Copied where it must wait: the caller may use its buffer again.
    if (this.#start.length === 0 && chunk.length >= tellingBytes) this.#start = chunk;
    else this.#start = Buffer.concat([this.#start, chunk]);
    if (this.#start.length < tellingBytes) return undefined;
    const form = this.#choose();
    const start = this.#start;
    this.#start = empty;
    return form.write(start);
  }

  end(): EdxmlMessage | Promise<EdxmlMessage> {
    if (this.#form) return this.#form.end();
    const form = this.#choose();
    const waiting = form.write(this.#start);
    return waiting ? waiting.then(() => form.end()) : form.end();
  }

  #choose(): FormReader {
    const isMime = mimeStart.test(this.#start.toString('latin1', 0, tellingBytes));
    this.#form = isMime
      ? new MimeReader(this.#draft)
      : new XmlReader(this.#draft, { offset: 0, bodies: qcvnBodies });
    return this.#form;
  }
}

/** So many bytes tell a MIME head from what real senders leave before their XML. */
const tellingBytes = 64;

/** A header that begins such files, or the first boundary where the headers stayed behind on the way. */
const mimeStart = /^\s*(?:mime-version\s*:|content-[\w-]+\s*:|message-id\s*:|--[\w'()+,./:=?-]+\s*\r?\n)/i;
