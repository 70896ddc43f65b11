/** What a user's file is, and the message that comes of it: the file itself, byte for byte, or a PDF wrapped. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { MessageHead } from './edxml/read-header.ts';
import { readHead } from './edxml/read-header.ts';
import type { OutgoingMessage } from './edxml/write-document.ts';
import { misused } from './failure.ts';

// PDF readers find the header anywhere in the first kilobyte, and real files have junk before it.
const pdfHeaderWithinBytes = 1024;

export async function isPdf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(pdfHeaderWithinBytes),
      0,
      pdfHeaderWithinBytes,
      0,
    );
    const start = buffer.subarray(0, bytesRead).toString('latin1');
    return start.includes('%PDF-') && !start.trimStart().startsWith('<');
  } finally {
    await file.close();
  }
}

export async function openMessage(
  path: string,
): Promise<OutgoingMessage & { readonly head: MessageHead | undefined }> {
  const { size } = await stat(path);
  if (size === 0) throw misused({ vi: `Tệp ${path} rỗng.`, en: `The file ${path} is empty.` });
  return {
    sizeBytes: size,
    open: () => createReadStream(path),
    head: await readHead(createReadStream(path)),
  };
}
