import { createHash } from 'node:crypto';
import { assert } from '#foundation/refusal';
import { Base64Decoder } from './base64-decoder.ts';
import { BodyScanner } from './body-scanner.ts';
import { Inflating } from './inflating.ts';
import type { Attachment, UnwrappedFile } from './message.ts';

/**
 * The bytes of an attachment's file, unwrapped, from the bytes of the package it is in (from its first byte on, as
 * received). What comes out is checked against the digest that was taken at acceptance: a package that is not the one
 * the attachment was read from is trouble of the store, and is told at the end.
 */
export async function* readAttachment(
  packageBytes: AsyncIterable<Buffer>,
  attachment: Attachment,
): AsyncGenerator<Buffer> {
  const { unwrapped } = attachment;
  const body = range(packageBytes, attachment.offset, attachment.length);
  const decoded = attachment.encoding === 'binary' ? body : decode(textOf(body, attachment));
  const content = unwrapped ? unwrap(decoded, unwrapped) : decoded;
  const digest = createHash('sha256');
  for await (const bytes of content) {
    digest.update(bytes);
    yield bytes;
  }
  if (!digest.digest().equals(unwrapped?.digest ?? attachment.digest)) {
    throw new Error(`attachment at byte ${attachment.offset} is not what was accepted`);
  }
}

export interface AttachedFile {
  readonly attachment: Attachment;
  /** Its bytes, unwrapped and checked; read them before the next one. */
  readonly file: AsyncIterable<Buffer>;
}

/** All attachments in the order of the package, which is read once, from its first byte on. */
export async function* readAttachments(
  packageBytes: AsyncIterable<Buffer>,
  attachments: readonly Attachment[],
): AsyncGenerator<AttachedFile> {
  const ordered = attachments.toSorted((a, b) => a.offset - b.offset);
  const source = packageBytes[Symbol.asyncIterator]();
  let position = 0;
  let held: Buffer = Buffer.alloc(0);
  /** What lies before the offset, in the pieces in which it comes. */
  async function* upTo(offset: number): AsyncGenerator<Buffer> {
    while (position < offset) {
      if (held.length === 0) {
        const next = await source.next();
        if (next.done) return;
        held = next.value;
      }
      const piece = held.subarray(0, offset - position);
      held = held.subarray(piece.length);
      position += piece.length;
      yield piece;
    }
  }
  try {
    for (const attachment of ordered) {
      for await (const passed of upTo(attachment.offset)) assert(passed.length > 0, 'pieces hold something');
      const body = upTo(attachment.offset + attachment.length);
      yield { attachment, file: readAttachment(body, { ...attachment, offset: 0 }) };
    }
  } finally {
    await source.return?.();
  }
}

/** So many bytes from that offset on. */
export async function* range(
  source: AsyncIterable<Buffer>,
  offset: number,
  length: number,
): AsyncGenerator<Buffer> {
  let position = 0;
  const end = offset + length;
  if (length === 0) return;
  for await (const bytes of source) {
    const part = bytes.subarray(Math.max(0, offset - position), Math.max(0, end - position));
    position += bytes.length;
    if (part.length > 0) yield part;
    if (position >= end) return;
  }
}

async function* textOf(body: AsyncIterable<Buffer>, { encoding }: Attachment): AsyncGenerator<string> {
  if (encoding === 'markup') yield* readMarkedText(body);
  else for await (const bytes of body) yield bytes.toString('latin1');
}

/** The base64 of an accepted attachment that is interspersed with CDATA, comments or references. */
async function* readMarkedText(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const scanner = new BodyScanner();
  let rest = Buffer.alloc(0);
  for await (const bytes of body) {
    // Copied: the caller may use its buffer again.
    rest = Buffer.concat([rest, bytes]);
    while (rest.length > 0) {
      const part = scanner.next(rest, 0);
      if (!part) break;
      if (!('length' in part)) throw new Error('an element within an attachment was accepted');
      if (part.kind === 'text') yield part.text;
      rest = rest.subarray(part.length);
    }
  }
}

async function* decode(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const decoder = new Base64Decoder();
  for await (const text of texts) yield decoder.push(text);
  yield decoder.finish();
}

/** Only the entry's own bytes: its place in the archive was measured at acceptance. */
async function* unwrap(decoded: AsyncIterable<Buffer>, file: UnwrappedFile): AsyncGenerator<Buffer> {
  const content = range(decoded, file.dataOffset, file.dataLength);
  if (file.method === 'stored') {
    yield* content;
    return;
  }
  const inflated: Buffer[] = [];
  const inflating = new Inflating((bytes) => inflated.push(bytes));
  try {
    for await (const bytes of content) {
      await inflating.write(bytes);
      yield* inflated.splice(0);
    }
    await inflating.finish();
    yield* inflated.splice(0);
    if (inflating.error) throw new Error('a wrapped attachment does not inflate', { cause: inflating.error });
  } finally {
    inflating.destroy();
  }
}
