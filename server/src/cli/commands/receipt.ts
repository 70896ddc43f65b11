import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { addProof, fetchTrust } from '../connection/log.ts';
import { loadSettings } from '../connection/settings.ts';
import { exitCodes, misused, troubled, unverified } from '../failure.ts';
import { readReceiptBytes, receiptOperand } from '../receipt-input.ts';
import { suggest } from '../suggest.ts';
import { assertWritable, replaceFile } from '../writable-file.ts';

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
    const file = (await readReceiptBytes(path, context)).toString('utf8');
    const [jws = ''] = file.split('\n');
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) {
      throw misused({ vi: 'Dòng đầu không phải một biên nhận.', en: 'The first line is not a receipt.' });
    }
    const target = options.out ?? (path === '-' ? undefined : path);
    if (target !== undefined) await assertWritable(target);
    const hasProof = file.startsWith(`${jws}\n\n`);
    const text = hasProof ? file : await complete(jws, context);
    const { terminal } = context;
    terminal.json({ level: 'R1', receiptFile: target ?? null, text });
    if (target === undefined) {
      terminal.line(text.trimEnd());
      return exitCodes.ok;
    }
    if (!hasProof || target !== path) await replaceFile(target, text);
    const done = hasProof
      ? { vi: 'đã có bằng chứng từ trước', en: 'it had its proof already' }
      : { vi: 'R1', en: 'R1' };
    terminal.line(`${terminal.style('green', '✓')} ${target}: ${terminal.say(done)}`);
    terminal.line(
      `${terminal.say({ vi: 'Kiểm chứng', en: 'Verify' })}: ${suggest(context, ['verify', target])}`,
    );
    return exitCodes.ok;
  },
});

async function complete(jws: string, context: Context): Promise<string> {
  const { baseUrl } = await loadSettings(context);
  const text = await addProof(jws, { baseUrl, context });
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
