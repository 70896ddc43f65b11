/** What a user's file is: a PDF to be wrapped, or a message that is sent byte for byte. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { MessageHeader } from '#exchange/edxml';
import type { Refusal } from '#foundation/refusal';
import type { HttpBody } from './connection/http.ts';
import { readHeader } from './edxml/read-header.ts';
import { misused } from './failure.ts';

// PDF readers find the header anywhere in the first kilobyte, and real files have junk before it.
const pdfHeaderWithinBytes = 1024;

export async function isPdf(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) {
    throw misused({
      vi: `Đây là thư mục, không phải tệp: ${path}`,
      en: `That is a folder, not a file: ${path}`,
    });
  }
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
): Promise<HttpBody & { readonly header: MessageHeader | Refusal }> {
  const { size } = await stat(path);
  if (size === 0) throw misused({ vi: `Tệp ${path} rỗng.`, en: `The file ${path} is empty.` });
  return {
    sizeBytes: size,
    open: () => createReadStream(path),
    header: await readHeader(createReadStream(path)),
  };
}
