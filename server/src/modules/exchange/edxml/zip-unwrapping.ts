import { createHash, hash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import { Inflating } from './inflating.ts';
import {
  maxHeldInflatedBytes,
  maxHeldZipBytes,
  maxInflationRatio,
  maxUnwrappedBytes,
  maxZipTailBytes,
  minBombBytes,
} from './limits.ts';
import type { UnwrappedFile } from './message.ts';
import { sniffedBytes } from './sniff-type.ts';
import {
  type Directory,
  isDangerousPath,
  type LocalHeader,
  readDirectory,
  readLocalHeader,
} from './zip-entry.ts';

/**
 * What the bytes of an attachment that begin like a ZIP turned out to be. Whether a ZIP of one entry is the wrapping
 * or the attachment itself depends on labels that may come after the body, so a fault is only reported here: nobody
 * minds that a file called `.zip`, which is not opened, has a password.
 */
export type ZipOutcome =
  | { readonly kind: 'single'; readonly file: UnwrappedFile; readonly head: Buffer }
  | { readonly kind: 'several'; readonly entryName: string }
  | { readonly kind: 'unsupported'; readonly entryName: string }
  | { readonly kind: 'faulty'; readonly entryName: string; readonly fault: ZipFault };

export type ZipFault =
  | { readonly code: 'zip_truncated' | 'zip_encrypted' | 'zip_bomb' | 'zip_path' }
  | { readonly code: 'zip_damaged'; readonly reason: string };

/** Opens a ZIP while it streams by. Small ones are held and inflated at the end, large ones as they come. */
export class ZipUnwrapping {
  readonly #isHopeless: (entryName: string) => boolean;
  #stage: 'held' | 'streaming' | 'settled' = 'held';
  #outcome: ZipOutcome | undefined;
  #header: LocalHeader | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #content: StreamedContent | undefined;
  #heldInflatedBytes = 0;

  /** `isHopeless` says of the first entry's name whether this cannot be a wrapping in any case. */
  constructor(isHopeless: (entryName: string) => boolean) {
    this.#isHopeless = isHopeless;
  }

  /** What the opening has cost, whatever came of it. */
  get inflatedBytes(): number {
    return this.#content?.inflatedBytes ?? this.#heldInflatedBytes;
  }

  push(bytes: Buffer): void | Promise<void> {
    if (this.#stage === 'settled') return undefined;
    if (this.#stage === 'streaming') return this.#stream(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (!this.#header) this.#readHeader();
    if (this.#heldBytes > maxHeldZipBytes) return this.#startStreaming();
    return undefined;
  }

  finish(): ZipOutcome | Promise<ZipOutcome> {
    if (this.#outcome) return this.#outcome;
    if (this.#stage === 'streaming') return this.#finishStreaming();
    const header = this.#header;
    if (!header) return { kind: 'faulty', entryName: '', fault: { code: 'zip_truncated' } };
    const held = Buffer.concat(this.#held);
    const directory = readDirectory(held);
    if (directory && directory.entryCount !== 1) return { kind: 'several', entryName: header.name };
    if (!directory) return faulty(header, { code: 'zip_truncated' });
    if (header.method === 8 && directory.size > maxHeldInflatedBytes) return this.#inflateHeld();
    this.#heldInflatedBytes = header.method === 8 ? directory.size : 0;
    return openHeld(held, header, directory);
  }

  async #inflateHeld(): Promise<ZipOutcome> {
    await this.#startStreaming();
    return this.#outcome ?? this.#finishStreaming();
  }

  #readHeader(): void {
    const start = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
    const header = start && readLocalHeader(start);
    if (!header) return;
    this.#header = header;
    const entryName = header.name;
    if (this.#isHopeless(entryName)) this.#settle({ kind: 'several', entryName });
    else if (header.isEncrypted) this.#settle(faulty(header, { code: 'zip_encrypted' }));
    else if (isDangerousPath(entryName)) this.#settle(faulty(header, { code: 'zip_path' }));
    else if (header.method !== 8 && header.method !== 0) this.#settle({ kind: 'unsupported', entryName });
    else if (header.compressedSize === zip64Mark) this.#settle({ kind: 'unsupported', entryName });
  }

  #settle(outcome: ZipOutcome): void {
    this.#outcome = outcome;
    this.#stage = 'settled';
    this.#held = [];
    this.#content?.inflating?.destroy();
  }

  async #startStreaming(): Promise<void> {
    if (this.#stage === 'settled') return;
    const header = this.#header;
    if (!header || (header.method === 0 && header.hasDescriptor)) {
      this.#settle({ kind: 'unsupported', entryName: header?.name ?? '' });
      return;
    }
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#stage = 'streaming';
    this.#content = new StreamedContent(header);
    await this.#stream(held.subarray(header.dataOffset));
  }

  async #stream(bytes: Buffer): Promise<void> {
    const content = this.#content;
    if (!content) return;
    const fault = await content.push(bytes);
    if (fault) this.#settle(faulty(content.header, fault));
    else if (content.hasNextEntry || content.tailBytes > maxZipTailBytes) {
      this.#settle({ kind: 'several', entryName: content.header.name });
    }
  }

  async #finishStreaming(): Promise<ZipOutcome> {
    const content = this.#content;
    const outcome = await content?.finish();
    if (!outcome) return { kind: 'unsupported', entryName: '' };
    this.#settle(outcome);
    return outcome;
  }
}

/** In a size: the true one is in an extra field, since it is over 4 GiB or the writer could not know. */
const zip64Mark = 0xffff_ffff;

function faulty(header: LocalHeader, fault: ZipFault): ZipOutcome {
  return { kind: 'faulty', entryName: header.name, fault };
}

function damaged(header: LocalHeader, reason: string): ZipOutcome {
  return faulty(header, { code: 'zip_damaged', reason });
}

function openHeld(held: Buffer, header: LocalHeader, directory: Directory): ZipOutcome {
  const data = held.subarray(header.dataOffset, header.dataOffset + directory.compressedSize);
  const isStored = header.method === 0;
  let content: Buffer;
  let consumed = data.length;
  if (isStored) {
    content = data;
  } else {
    try {
      const inflated = inflateRawSync(data, { maxOutputLength: Math.max(1, directory.size), info: true });
      const { buffer, engine } = inflated as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      content = buffer;
      consumed = engine.bytesWritten;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'Z_BUF_ERROR') return faulty(header, { code: 'zip_truncated' });
      return damaged(header, code === 'ERR_BUFFER_TOO_LARGE' ? 'size' : 'deflate');
    }
  }
  const digest = hash('sha256', content, 'buffer');
  const actual = { crc: crc32(content), size: content.length, consumed };
  return conclude(header, directory, actual, {
    digest,
    head: Buffer.from(content.subarray(0, sniffedBytes)),
  });
}

/** Compares what the directory says with what came out; both parts of the record must agree. */
function conclude(
  header: LocalHeader,
  directory: Directory,
  actual: { crc: number; size: number; consumed: number },
  content: { digest: Buffer; head: Buffer },
): ZipOutcome {
  if (directory.entryCount !== 1) return { kind: 'several', entryName: header.name };
  if (directory.isEncrypted) return faulty(header, { code: 'zip_encrypted' });
  if (directory.name !== header.name || directory.localHeaderOffset !== 0)
    return damaged(header, 'directory');
  if (directory.compressedSize !== actual.consumed || directory.size !== actual.size) {
    return damaged(header, 'size');
  }
  if (directory.crc !== actual.crc) return damaged(header, 'CRC');
  const file: UnwrappedFile = {
    entryName: header.name,
    sizeBytes: actual.size,
    digest: content.digest,
    method: header.method === 0 ? 'stored' : 'deflated',
    dataOffset: header.dataOffset,
    dataLength: actual.consumed,
  };
  return { kind: 'single', file, head: content.head };
}

/** The content of an entry too large to hold: hashed as it comes, then the tail with the directory is kept. */
class StreamedContent {
  readonly header: LocalHeader;
  readonly inflating: Inflating | undefined;
  readonly #hash = createHash('sha256');
  #crc = 0;
  #sizeBytes = 0;
  #consumedBytes = 0;
  #head = Buffer.alloc(0);
  #isBomb = false;
  #tail: Buffer[] = [];
  tailBytes = 0;

  constructor(header: LocalHeader) {
    this.header = header;
    if (header.method === 8) this.inflating = new Inflating((bytes) => this.#take(bytes));
  }

  async push(bytes: Buffer): Promise<ZipFault | undefined> {
    if (this.tailBytes > 0) {
      this.#keepTail(bytes);
      return undefined;
    }
    if (!this.inflating) {
      const left = this.header.compressedSize - this.#consumedBytes;
      const data = bytes.subarray(0, left);
      this.#consumedBytes += data.length;
      this.#take(data);
      this.#keepTail(bytes.subarray(data.length));
      return undefined;
    }
    const beyond = await this.inflating.write(bytes);
    this.#consumedBytes = this.inflating.consumedBytes;
    if (this.#isBomb) return { code: 'zip_bomb' };
    if (this.inflating.error) return { code: 'zip_damaged', reason: 'deflate' };
    this.#keepTail(beyond);
    return undefined;
  }

  async finish(): Promise<ZipOutcome> {
    await this.inflating?.finish();
    if (this.#isBomb) return faulty(this.header, { code: 'zip_bomb' });
    const directory = readDirectory(Buffer.concat(this.#tail));
    if (!directory) return faulty(this.header, { code: 'zip_truncated' });
    const actual = { crc: this.#crc, size: this.#sizeBytes, consumed: this.#consumedBytes };
    return conclude(this.header, directory, actual, { digest: this.#hash.digest(), head: this.#head });
  }

  get inflatedBytes(): number {
    return this.inflating ? this.#sizeBytes : 0;
  }

  /** Behind the data, or its descriptor, lies another entry instead of the directory. */
  get hasNextEntry(): boolean {
    const tail = this.#tail[0];
    if (!tail) return false;
    const next = tail.indexOf('PK\x03\x04', 0, 'latin1');
    return next === 0 || (this.header.hasDescriptor && (next === 12 || next === 16));
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#crc = crc32(bytes, this.#crc);
    this.#sizeBytes += bytes.length;
    if (this.#head.length < sniffedBytes) {
      this.#head = Buffer.concat([this.#head, bytes]).subarray(0, sniffedBytes);
    }
    if (!this.inflating || this.#sizeBytes <= minBombBytes) return;
    const compressed = Math.max(1, this.inflating.consumedBytes);
    if (this.#sizeBytes > maxUnwrappedBytes || this.#sizeBytes > compressed * maxInflationRatio) {
      this.#isBomb = true;
      throw new Error('inflates too far');
    }
  }

  #keepTail(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#tail.push(Buffer.from(bytes));
    this.tailBytes += bytes.length;
  }
}
