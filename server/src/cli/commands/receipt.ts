import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { addProof, fetchTrust, levelOf, signaturesIn } from '../connection/log.ts';
import { loadSettings } from '../connection/settings.ts';
import { exitCodes, misused, troubled, unverified } from '../failure.ts';
import { readReceiptBytes, receiptOperand } from '../receipt-input.ts';
import { suggest } from '../suggest.ts';
import { assertWritable, replaceFile } from '../writable-file.ts';

export const receipt = defineCommand({
  name: 'receipt',
  summary: {
    vi: 'Bổ sung cho biên nhận bằng chứng có trong nhật ký (R1) và dấu thời gian (R3)',
    en: "Add to a receipt the proof that it is in the axis' log (R1), time-stamped (R3)",
  },
  operands: [receiptOperand],
  options: {
    out: {
      type: 'string',
      placeholder: 'FILE',
      help: {
        vi: 'Ghi ra tệp này (mặc định: thay tệp đã đọc; với - thì in ra)',
        en: 'Write to this file (by default the one that was read; with -, standard output)',
      },
    },
    'max-size': {
      type: 'string',
      placeholder: 'SIZE',
      help: {
        vi: 'Chỉ lấy điểm kiểm tra có kích thước không quá SIZE (khi khóa không còn được tin từ đó)',
        en: 'Only by a checkpoint of at most that size (where the key is distrusted from there on)',
      },
    },
  },
  examples: ['lienthong receipt bien-nhan.txt', 'lienthong receipt bien-nhan.txt --out day-du.txt'],
  async run({ options, operands: { RECEIPT: path }, context }) {
    const file = (await readReceiptBytes(path, context)).toString('utf8');
    const [jws = ''] = file.split('\n');
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) {
      throw misused({ vi: 'Dòng đầu không phải một biên nhận.', en: 'The first line is not a receipt.' });
    }
    const target = options.out ?? (path === '-' ? undefined : path);
    if (target !== undefined) await assertWritable(target);
    const text = await improve(file, { jws, maxSize: parseSize(options['max-size']), context });
    const level = levelOf(text);
    const { terminal } = context;
    terminal.json({ level, receiptFile: target ?? null, text });
    if (target === undefined) {
      terminal.line(text.trimEnd());
      return exitCodes.ok;
    }
    if (text !== file || target !== path) await replaceFile(target, text);
    const already =
      text === file ? ` ${terminal.say({ vi: '(đã có từ trước)', en: '(it had that already)' })}` : '';
    terminal.line(`${terminal.style('green', '✓')} ${target}: ${level}${already}`);
    terminal.line(
      `${terminal.say({ vi: 'Kiểm chứng', en: 'Verify' })}: ${suggest(context, ['verify', target])}`,
    );
    return exitCodes.ok;
  },
});

/** Cosignatures come some seconds after the proof, stamps some minutes; a file that has its proof stays as it is where there is nothing better. */
async function improve(
  file: string,
  {
    jws,
    maxSize,
    context,
  }: { readonly jws: string; readonly maxSize: number | undefined; readonly context: Context },
): Promise<string> {
  if (maxSize !== undefined) return complete(jws, context, maxSize);
  const level = levelOf(file);
  if (level === 'R3') return file;
  if (level === 'R0') return complete(jws, context);
  const better = await complete(jws, context).catch(() => file);
  const isBetter = levelOf(better) === 'R3' || signaturesIn(better) > signaturesIn(file);
  return isBetter ? better : file;
}

function parseSize(typed: string | undefined): number | undefined {
  if (typed === undefined || /^[1-9][0-9]{0,14}$/.test(typed))
    return typed === undefined ? undefined : Number(typed);
  throw misused({ vi: `--max-size là một số: ${typed}`, en: `--max-size is a number: ${typed}` });
}

async function complete(jws: string, context: Context, maxSize?: number): Promise<string> {
  const { baseUrl } = await loadSettings(context);
  const text = await addProof(jws, { baseUrl, context, maxSize });
  if (text !== undefined) return text;
  await refuseForeign(jws, { baseUrl, context });
  throw troubled(
    {
      vi: 'Biên nhận này chưa có trong nhật ký đã ký.',
      en: 'This receipt is not in the signed log yet.',
    },
    {
      code: 'evidence.not_in_log_yet',
      remedy: {
        vi: 'Thử lại sau ít phút; nếu vẫn vậy, /readyz cho biết nhật ký chậm bao nhiêu.',
        en: 'Try again in some minutes; when it lasts, /readyz says how far the log is behind.',
      },
    },
  );
}

/** A receipt that this axis did not sign will never be in its log: waiting would be in vain. */
async function refuseForeign(jws: string, { baseUrl, context }: { baseUrl: URL; context: Context }) {
  const trust = await fetchTrust({ baseUrl, context });
  const { parseTrust, verifyReceiptText } = await import('#foundation/evidence');
  const verdict = verifyReceiptText(jws, parseTrust(trust));
  if (verdict.ok) return;
  throw unverified(
    {
      vi: `Trục ${baseUrl.origin} không công nhận biên nhận này. ${verdict.vi}`,
      en: `The axis at ${baseUrl.origin} does not know this receipt. ${verdict.en}`,
    },
    { code: verdict.code },
  );
}
