/** Keeping the receipt of what was just done, with its proof where the log is quick enough. */
import type { Context } from './command.ts';
import { fetchReceiptFile, type ReceiptLevel } from './connection/log.ts';
import type { ExitCode, Failure } from './failure.ts';
import { exitCodes } from './failure.ts';
import { describeFailure } from './report-failure.ts';
import { suggest } from './suggest.ts';
import { replaceFile } from './writable-file.ts';

export interface SavedReceipt {
  readonly path: string;
  readonly level: ReceiptLevel;
}

/** What was done stands whether or not the file could be written: both outcomes are told, after the result. */
export interface KeptReceipt {
  readonly saved?: SavedReceipt;
  readonly trouble?: Failure;
}

export const receiptOption = {
  type: 'string',
  placeholder: 'FILE',
  help: { vi: 'Lưu biên nhận điện tử vào tệp này', en: 'Save the receipt in this file' },
} as const;

/** Nothing where the answer came without a receipt, or the user did not ask to save it. */
export async function saveReceipt(
  receipt: string | undefined,
  path: string | undefined,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<KeptReceipt> {
  if (receipt === undefined || path === undefined) return {};
  try {
    const { text, level } = await fetchReceiptFile(receipt, { baseUrl, context });
    await replaceFile(path, text);
    return { saved: { path, level } };
  } catch (error) {
    return { trouble: describeFailure(error, { isInterrupted: false }) };
  }
}

/** The last word of a command that was asked to save a receipt. */
export function tellKept(
  { saved, trouble }: KeptReceipt,
  receipt: string | undefined,
  context: Context,
): ExitCode {
  const { terminal } = context;
  if (saved?.level === 'R0') noteMissingProof(saved, context);
  if (!trouble) return exitCodes.ok;
  const why = trouble.text[terminal.language];
  terminal.note(
    `${terminal.style('red', '✗')} ${terminal.say({ vi: `Chưa lưu được biên nhận: ${why}`, en: `The receipt was not saved: ${why}` })}`,
  );
  if (receipt !== undefined && !terminal.isJson) terminal.line(receipt);
  return exitCodes.trouble;
}

function noteMissingProof({ path }: SavedReceipt, context: Context): void {
  const later = suggest(context, ['receipt', path]);
  context.terminal.note(
    context.terminal.say({
      vi: `Bằng chứng trong nhật ký chưa sẵn sàng; biên nhận lưu ở mức R0. Bổ sung sau: ${later}`,
      en: `The proof of the log is not ready yet; the receipt was saved at level R0. Add it later: ${later}`,
    }),
  );
}
