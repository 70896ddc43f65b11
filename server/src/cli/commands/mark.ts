import { defineCommand } from '../command.ts';
import { loadSettings } from '../connection/settings.ts';
import { misused } from '../failure.ts';
import { exchangeOfDelivery } from '../mailboxes.ts';
import { receiptOption, saveReceipt, tellKept } from '../save-receipt.ts';
import { assertWritable } from '../writable-file.ts';

const marks = {
  processing: { vi: 'đang xử lý bản nhận', en: 'being taken in' },
  done: { vi: 'đã nhận đủ và lưu', en: 'received and stored' },
  fail: { vi: 'không lưu được', en: 'could not be stored' },
} as const;

export const mark = defineCommand({
  name: 'mark',
  summary: {
    vi: 'Báo cho trục: bản nhận đã lưu xong, hay không lưu được',
    en: 'Tell the axis that a received copy is stored, or could not be',
  },
  operands: [
    { name: 'ID', help: { vi: 'mã trong "inbox"', en: 'the id from "inbox"' } },
    { name: 'MARK', help: { vi: 'processing, done hoặc fail', en: 'processing, done or fail' } },
  ],
  options: {
    as: { type: 'string', placeholder: 'CODE', help: { vi: 'Cơ quan nhận', en: 'The receiving agency' } },
    receipt: receiptOption,
  },
  details: {
    vi: '"done" là xác nhận đã lưu tệp: văn bản rời khỏi "inbox". Việc tiếp nhận, xử lý thì báo bằng "lienthong reply".',
    en: '"done" confirms that the file is stored: it leaves "inbox". What becomes of the document is told by "lienthong reply".',
  },
  examples: ['lienthong mark 0199… done'],
  async run({ options, operands: { ID: id, MARK: typed }, context }) {
    if (!isMark(typed)) {
      throw misused({
        vi: `Không có dấu "${typed}": dùng processing, done hoặc fail.`,
        en: `There is no mark "${typed}": use processing, done or fail.`,
      });
    }
    if (options.receipt !== undefined) await assertWritable(options.receipt);
    const settings = await loadSettings(context);
    const exchange = await exchangeOfDelivery(id, { settings, code: options.as, context });
    const { receipt } = await exchange.mark(id, typed);
    const { terminal } = context;
    terminal.line(`${terminal.style('green', '✓')} ${id}: ${terminal.say(marks[typed])}`);
    const kept = await saveReceipt(receipt, options.receipt, { baseUrl: settings.baseUrl, context });
    const { saved } = kept;
    terminal.json({ id, mark: typed, receipt: receipt ?? null, receiptFile: saved?.path ?? null });
    if (saved) {
      terminal.line(`  ${terminal.say({ vi: 'Biên nhận', en: 'Receipt' })}: ${saved.path} (${saved.level})`);
    }
    return tellKept(kept, receipt, context);
  },
});

function isMark(text: string): text is keyof typeof marks {
  return Object.hasOwn(marks, text);
}
