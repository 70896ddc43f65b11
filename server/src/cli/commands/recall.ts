import { readDay, writeDocument } from '#exchange/edxml';
import { vietnamDate } from '#foundation/clock';
import { defineCommand } from '../command.ts';
import type { SentRow } from '../connection/exchange.ts';
import { loadSettings } from '../connection/settings.ts';
import { exitCodes, misused } from '../failure.ts';
import { findSending, sendingOperand } from '../find-sending.ts';
import {
  bodyOf,
  chooseReceivers,
  parseReason,
  partyOf,
  referTo,
  showTakenBack,
  takingBackOptions,
} from '../taking-back.ts';

export const recall = defineCommand({
  name: 'recall',
  summary: { vi: 'Thu hồi văn bản đã gửi (nghiệp vụ 1)', en: 'Recall a sent document (business type 1)' },
  operands: [sendingOperand],
  options: takingBackOptions,
  details: {
    vi: 'Thu hồi theo quy định (Quyết định 28/2018, Nghị định 30/2020): nơi nhận hủy bỏ văn bản và xác nhận bằng 15.\nGửi nhầm thì dùng "take-back". Cần có --reason.',
    en: 'The recall of the law (Decision 28/2018, Decree 30/2020): receivers cancel the document and confirm by 15.\nFor what was sent by mistake there is "take-back". --reason is required.',
  },
  examples: ['lienthong recall 0199… --reason "Ban hành trái thẩm quyền"'],
  async run({ options, operands: { ID: typed }, context }) {
    const reason = parseReason(options.reason);
    if (reason === undefined) {
      throw misused({
        vi: 'Thu hồi phải kèm lý do: --reason "…"',
        en: 'A recall needs its reason: --reason "…"',
      });
    }
    const settings = await loadSettings(context);
    const sending = await findSending(typed, { settings, code: options.as, context });
    const rows = chooseReceivers(sending, options['from-recipient']);
    const [{ fromCode, documentId, title }] = rows;
    const chunks = await Array.fromAsync(
      writeDocument({
        from: partyOf(fromCode, settings),
        to: rows.map(({ toCode }) => partyOf(toCode, settings)),
        documentId,
        code: codeOf(rows[0]),
        promulgation: { on: readDay(rows[0].promulgationDate) ?? vietnamDate(context.now()) },
        type: { type: 2, name: '' },
        subject: title,
        responseFor: [referTo(rows[0], fromCode)],
        sentAt: context.now(),
        business: { docType: 1, reason, documentId },
        attachments: [],
      }),
    );
    const sent = await sending.exchange.send('document', fromCode, bodyOf(Buffer.concat(chunks)));
    const refused = new Set(sent.refused.map(({ code }) => code));
    const receivers = rows.map(({ toCode }) => toCode).filter((code) => !refused.has(code));
    const done = { vi: 'Đã gửi văn bản thu hồi.', en: 'The recall was sent.' };
    await showTakenBack(sending, { done, sent: [{ ...sent, receivers }], unasked: [] }, context);
    return exitCodes.ok;
  },
});

/** The list writes `number/notation` in one; a number has no slash, a notation may have. */
function codeOf({ notation: code }: SentRow): { number: string; notation: string } {
  const slash = code.indexOf('/');
  return slash < 0
    ? { number: code, notation: '' }
    : { number: code.slice(0, slash), notation: code.slice(slash + 1) };
}
