/**
 * Wraps a PDF into an edXML document message, streaming: the PDF is read twice (once for the digest that VXP wants
 * before the body, once to send it) and never held in memory.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OutgoingDocument } from '#exchange/edxml';
import { writeDocument } from '#exchange/edxml';
import type { HttpBody } from '../connection/http.ts';

export async function wrapPdf(
  path: string,
  document: Omit<OutgoingDocument, 'attachments'>,
): Promise<HttpBody> {
  const attachment = { contentId: await contentIdOf(path), name: pdfNameOf(path), isWrapped: false };
  const write = (content: Buffer | AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
    writeDocument({ ...document, attachments: [{ ...attachment, content }] });
  let frameBytes = 0;
  for await (const chunk of write(Buffer.alloc(0))) frameBytes += chunk.length;
  const { size: pdfBytes } = await stat(path);
  return {
    sizeBytes: frameBytes + Math.ceil(pdfBytes / 3) * 4,
    open: () => write(createReadStream(path)),
  };
}

/** The content's own digest names the attachment, so wrapping the same file again gives the same reference. */
async function contentIdOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 32);
}

/** Its receivers open a file by its extension, which a PDF on the sender's disk may be without. */
function pdfNameOf(path: string): string {
  const name = basename(path).normalize('NFC');
  return /\.pdf$/i.test(name) ? name : `${name}.pdf`;
}
