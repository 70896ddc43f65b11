/**
 * Writes the attachments of a saved edXML file as the files that people know: decoded from base64 and, where the
 * sender's SDK wrapped them in a ZIP of one entry, unwrapped.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Attachment, EdxmlMessage } from '#exchange/edxml';
import { createEdxmlReader, readAttachment } from '#exchange/edxml';
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

/** Into a file beside, then renamed: a file under its own name is whole and has the digest that the reader saw. */
async function extract(packagePath: string, attachment: Attachment, path: string): Promise<void> {
  // From the attachment on, or each of many would read all before it again.
  const bytes = createReadStream(packagePath, { start: attachment.offset });
  const half = `${path}.part`;
  try {
    await pipeline(readAttachment(bytes, { ...attachment, offset: 0 }), createWriteStream(half));
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}
