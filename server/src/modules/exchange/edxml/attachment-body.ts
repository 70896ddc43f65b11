import { createHash } from 'node:crypto';
import { Base64Decoder, Base64Fault } from './base64-decoder.ts';
import { refuse } from './refusals.ts';
import { sniffedBytes } from './sniff-type.ts';
import { isCertainlyNotWrapping } from './wrapping.ts';
import { localHeaderSignature } from './zip-entry.ts';
import { type ZipOutcome, ZipUnwrapping } from './zip-unwrapping.ts';

/** What the base64 between the tags holds. */
export interface BodyContent {
  readonly characters: number;
  readonly sizeBytes: number;
  readonly digest: Buffer;
  readonly head: Buffer;
  readonly zip: ZipOutcome | null;
  readonly inflatedBytes: number;
}

/** One attachment while it streams by: decoded, hashed, looked at; never held, unless it is small and zipped. */
export class AttachmentBody {
  readonly #ordinal: number;
  readonly #offset: number;
  readonly #name: string;
  readonly #base64 = new Base64Decoder();
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #head: Buffer = Buffer.alloc(0);
  #zip: ZipUnwrapping | null = null;

  /** The name is '' where it is not yet known. */
  constructor(where: { ordinal: number; offset: number; name: string }) {
    this.#ordinal = where.ordinal;
    this.#offset = where.offset;
    this.#name = where.name;
  }

  push(text: string): void | Promise<void> {
    return this.#take(this.#decode(() => this.#base64.push(text)));
  }

  /** Of a part that is not encoded. */
  pushBytes(bytes: Buffer): void | Promise<void> {
    return this.#take(bytes);
  }

  finish(): BodyContent | Promise<BodyContent> {
    const taken = this.#take(this.#decode(() => this.#base64.finish()));
    if (taken) return taken.then(() => this.#conclude());
    return this.#conclude();
  }

  #decode(step: () => Buffer): Buffer {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof Base64Fault)) throw error;
      throw refuse('base64_invalid', { attachment: this.#ordinal, offset: this.#offset + error.index });
    }
  }

  #take(bytes: Buffer): void | Promise<void> {
    if (bytes.length === 0) return undefined;
    this.#sizeBytes += bytes.length;
    this.#hash.update(bytes);
    const unwrapped = this.#lookAt(bytes);
    return this.#zip?.push(unwrapped);
  }

  /** Keeps the first bytes; gives back what the ZIP has not had yet. */
  #lookAt(bytes: Buffer): Buffer {
    if (this.#head.length >= sniffedBytes) return bytes;
    const wasUndecided = this.#head.length < localHeaderSignature.length;
    const start = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    this.#head = Buffer.from(start.subarray(0, sniffedBytes));
    if (!wasUndecided || !start.subarray(0, localHeaderSignature.length).equals(localHeaderSignature)) {
      return bytes;
    }
    this.#zip = new ZipUnwrapping((entryName) => isCertainlyNotWrapping(this.#name, entryName));
    return start;
  }

  #conclude(): BodyContent | Promise<BodyContent> {
    const zip = this.#zip?.finish() ?? null;
    if (zip instanceof Promise) return zip.then((outcome) => this.#content(outcome));
    return this.#content(zip);
  }

  #content(zip: ZipOutcome | null): BodyContent {
    return {
      characters: this.#base64.characters,
      sizeBytes: this.#sizeBytes,
      digest: this.#hash.digest(),
      head: this.#head,
      zip,
      inflatedBytes: this.#zip?.inflatedBytes ?? 0,
    };
  }
}
