import { defineCommand } from '../command.ts';
import { fetchReceiptFile } from '../connection/log.ts';
import { loadSettings } from '../connection/settings.ts';
import { exitCodes, misused, troubled } from '../failure.ts';
import { readReceiptBytes, receiptOperand } from '../receipt-input.ts';
import { replaceFile } from '../save-receipt.ts';

export const receipt = defineCommand({
  name: 'receipt',
  summary: {
    vi: 'Bổ sung cho biên nhận bằng chứng có trong nhật ký (mức R1)',
    en: "Add to a receipt the proof that it is in the axis' log (level R1)",
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
  },
  examples: ['lienthong receipt bien-nhan.txt', 'lienthong receipt bien-nhan.txt --out day-du.txt'],
  async run({ options, operands: { RECEIPT: path }, context }) {
    const [jws = ''] = (await readReceiptBytes(path, context)).toString('utf8').split('\n');
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) {
      throw misused({ vi: 'Dòng đầu không phải một biên nhận.', en: 'The first line is not a receipt.' });
    }
    const { baseUrl } = await loadSettings(context);
    const { text, level } = await fetchReceiptFile(jws, { baseUrl, context });
    if (level === 'R0') {
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
    const target = options.out ?? (path === '-' ? undefined : path);
    const { terminal } = context;
    terminal.json({ level, receiptFile: target ?? null, text });
    if (target === undefined) {
      terminal.line(text.trimEnd());
      return exitCodes.ok;
    }
    await replaceFile(target, text);
    terminal.line(`${terminal.style('green', '✓')} ${target}: R1`);
    terminal.line(`${terminal.say({ vi: 'Kiểm chứng', en: 'Verify' })}: npx lienthong verify ${target}`);
    return exitCodes.ok;
  },
});
