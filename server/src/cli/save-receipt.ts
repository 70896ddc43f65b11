/** Keeping the receipt of what was just done, with its proof where the log is quick enough. */
import { rename, writeFile } from 'node:fs/promises';
import type { Context } from './command.ts';
import { fetchReceiptFile } from './connection/log.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface SavedReceipt {
  readonly path: string;
  readonly level: 'R0' | 'R1';
}

export const receiptOption = {
  type: 'string',
  placeholder: 'FILE',
  help: { vi: 'Lưu biên nhận điện tử vào tệp này', en: 'Save the receipt in this file' },
} as const;

export async function saveReceipt(
  receipt: string,
  path: string,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<SavedReceipt> {
  const { text, level } = await fetchReceiptFile(receipt, { baseUrl, context });
  await replaceFile(path, text);
  return { path, level };
}

/** For acts whose answer may come without a receipt, and where the user may not have asked to save it. */
export async function saveReceiptOf(
  receipt: string | undefined,
  path: string | undefined,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<SavedReceipt | undefined> {
  if (receipt === undefined || path === undefined) return undefined;
  const saved = await saveReceipt(receipt, path, { baseUrl, context });
  const { terminal } = context;
  terminal.line(`  ${terminal.say({ vi: 'Biên nhận', en: 'Receipt' })}: ${saved.path} (${saved.level})`);
  noteMissingProof(saved, terminal);
  return saved;
}

export function noteMissingProof(saved: SavedReceipt, terminal: Terminal): void {
  if (saved.level !== 'R0') return;
  terminal.note(
    terminal.say({
      vi: `Bằng chứng trong nhật ký chưa sẵn sàng; biên nhận lưu ở mức R0. Bổ sung sau: npx lienthong receipt ${saved.path}`,
      en: `The proof of the log is not ready yet; the receipt was saved at level R0. Add it later: npx lienthong receipt ${saved.path}`,
    }),
  );
}

/** Beside it and then over it: what exists is never half overwritten. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const half = `${path}.part`;
  await writeFile(half, text, { flush: true });
  await rename(half, path);
}
