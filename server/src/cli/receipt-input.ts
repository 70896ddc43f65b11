/** Reads a receipt as it is, from a file or from standard input (`-`). */
import { readFile, stat } from 'node:fs/promises';
import type { Context } from './command.ts';
import { misused } from './failure.ts';

export const receiptOperand = {
  name: 'RECEIPT',
  help: {
    vi: 'tệp biên nhận, hoặc - để đọc từ đầu vào chuẩn',
    en: 'the file of the receipt, or - for standard input',
  },
} as const;

// A receipt with its proof is about 1.5 KB, and the verifier refuses what is over 512 KB.
const limitBytes = 1024 * 1024;

export async function readReceiptBytes(path: string, context: Context): Promise<Buffer> {
  if (path === '-') return readAll(context.stdin);
  const { size } = await stat(path);
  if (size > limitBytes) throw tooLong();
  return readFile(path);
}

async function readAll(stream: Context['stdin']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > limitBytes) throw tooLong();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooLong() {
  return misused({ vi: 'Quá dài để là một biên nhận.', en: 'That is too long to be a receipt.' });
}
