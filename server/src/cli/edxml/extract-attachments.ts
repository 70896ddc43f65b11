/**
 * Writes the attachments of a saved edXML file as the files that people know: decoded from base64 and, where the
 * sender's SDK wrapped them in a ZIP of one entry, unwrapped. The exchange's own reader says where they lie and what
 * their digests are, so what is written here is checked against what the axis saw.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { readMarkedText } from '../../modules/exchange/edxml/read-attachment.ts';
import { createEdxmlReader } from '../../modules/exchange/edxml/reader.ts';
import type { Attachment, EdxmlMessage } from '../../modules/exchange/edxml/message.ts';
import { unverified } from '../failure.ts';
import { safeFileNames } from '../file-name.ts';

export interface ExtractedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly contentType: string;
}

export async function extractAttachments(packagePath: string, folder: string): Promise<ExtractedFile[]> {
  const message = await readMessage(packagePath);
  if (message.kind !== 'document') return [];
  await mkdir(folder, { recursive: true });
  const names = safeFileNames(message.attachments.map(({ name }) => name));
  const files: ExtractedFile[] = [];
  for (const [index, attachment] of message.attachments.entries()) {
    const path = join(folder, names[index] ?? `${index + 1}`);
    await extract(packagePath, attachment, path);
    const { sizeBytes } = attachment.unwrapped ?? attachment;
    files.push({ path, sizeBytes, contentType: attachment.sniffedType });
  }
  return files;
}

async function readMessage(packagePath: string): Promise<EdxmlMessage> {
  const reader = createEdxmlReader();
  for await (const chunk of createReadStream(packagePath)) await reader.write(chunk as Buffer);
  return reader.end();
}

async function extract(packagePath: string, attachment: Attachment, path: string): Promise<void> {
  const { offset, length, encoding, unwrapped } = attachment;
  const expected = unwrapped ?? attachment;
  const text = createReadStream(
    packagePath,
    length === 0 ? { start: 0, end: 0 } : { start: offset, end: offset + length - 1 },
  );
  const decoded = decodeBase64(encoding === 'markup' ? readMarkedText(text) : text);
  const content = unwrapped ? sliceOf(decoded, unwrapped.dataOffset, unwrapped.dataLength) : decoded;
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const half = `${path}.part`;
  try {
    const source = Readable.from(content, { objectMode: false });
    const target = createWriteStream(half);
    if (unwrapped?.method === 'deflated') await pipeline(source, createInflateRaw(), hashed, target);
    else await pipeline(source, hashed, target);
    if (!hash.digest().equals(expected.digest)) {
      throw unverified({
        vi: `Tệp đính kèm ${attachment.name} không khớp mã băm của nó.`,
        en: `The attachment ${attachment.name} does not match its digest.`,
      });
    }
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** Groups of four characters are kept together across chunks; blanks between them are allowed by the axis. */
async function* decodeBase64(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk.toString('latin1').replaceAll(/\s/g, '');
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield Buffer.from(text.slice(0, whole), 'base64');
  }
  if (rest !== '') yield Buffer.from(rest, 'base64');
}

async function* sliceOf(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  length: number,
): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of chunks) {
    const from = Math.max(0, offset - position);
    const until = Math.min(chunk.length, offset + length - position);
    position += chunk.length;
    if (until > from) yield chunk.subarray(from, until);
    if (position >= offset + length) return;
  }
}
