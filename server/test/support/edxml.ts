import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { createEdxmlReader } from '../../src/modules/exchange/edxml/index.ts';
import type { DocumentMessage, EdxmlMessage } from '../../src/modules/exchange/edxml/index.ts';

const folder = new URL('../fixtures/edxml/', import.meta.url);

export const fixtureNames = readdirSync(folder).filter((name) => name.endsWith('.edxml'));

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, folder));
}

/** Reads a package in pieces of the given sizes, in turn. */
export async function readEdxml(
  bytes: Buffer | string,
  { pieceSizes = [65_536] }: { pieceSizes?: readonly number[] } = {},
): Promise<EdxmlMessage> {
  const all = Buffer.from(bytes);
  const reader = createEdxmlReader();
  let position = 0;
  for (let piece = 0; position < all.length; piece += 1) {
    const size = Math.max(1, pieceSizes[piece % pieceSizes.length] ?? 1);
    // A copy that is overwritten afterwards: the reader may not keep what it was lent.
    const chunk = Buffer.from(all.subarray(position, position + size));
    await reader.write(chunk);
    chunk.fill(0x2a);
    position += size;
  }
  return await reader.end();
}

export async function readDocument(
  bytes: Buffer | string,
  options: Parameters<typeof readEdxml>[1] = {},
): Promise<DocumentMessage> {
  const message = await readEdxml(bytes, options);
  if (message.kind !== 'document') throw new Error('expected a document message');
  return message;
}

export async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

export async function* inPieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  readonly method?: 'deflated' | 'stored';
  readonly flags?: number;
  /** What the records claim instead of the truth. */
  readonly claims?: { readonly crc?: number; readonly size?: number; readonly compressedSize?: number };
  readonly data?: Buffer;
}

/** A ZIP as a careless or hostile writer makes it. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method = 'deflated', flags = 0, claims = {}, data } of entries) {
    const compressed = data ?? (method === 'stored' ? content : deflateRawSync(content));
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method === 'stored' ? 0 : 8, 4);
    fields.writeUInt32LE(claims.crc ?? crc32(content), 10);
    fields.writeUInt32LE(claims.compressedSize ?? compressed.length, 14);
    fields.writeUInt32LE(claims.size ?? content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), compressed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    records.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** The first fixture with another attachment. */
export function documentAround(
  content: Buffer | string,
  { name = 'Báo cáo.pdf', contentType = 'application/zip' } = {},
): string {
  const base64 = typeof content === 'string' ? content : content.toString('base64');
  return fixture('java-new.edxml')
    .toString()
    .replaceAll('Báo cáo.pdf', () => name)
    .replaceAll('application/zip', contentType)
    .replace(/(<edXML:ContentTransferEncoded [^>]*>)[^<]*/, (_, tag: string) => tag + base64);
}
