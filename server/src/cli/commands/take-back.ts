import { writeStatus } from '#exchange/edxml';
import { defineCommand } from '../command.ts';
import { loadSettings } from '../connection/settings.ts';
import { exitCodes, Failure } from '../failure.ts';
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
import type { TakenBack } from '../taking-back.ts';
import { businessStatuses } from '../words.ts';

export const takeBack = defineCommand({
  name: 'take-back',
  summary: {
    vi: 'Lấy lại văn bản gửi nhầm (trạng thái 13)',
    en: 'Take back a document that was sent by mistake (status 13)',
  },
  operands: [sendingOperand],
  options: takingBackOptions,
  details: {
    vi: 'Nơi nhận chưa lấy về thì văn bản rút ngay và họ không thấy gì; đã lấy về thì họ được hỏi, và trả lời 15 hoặc 16.\nMỗi nơi nhận một yêu cầu có biên nhận riêng (xem với --json). Mã thoát 1 khi có nơi không hỏi được.',
    en: 'From a receiver who has not fetched it, it is withdrawn at once and unseen; who has fetched it is asked, and answers 15 or 16.\nEach receiver gets a request with a receipt of its own (see --json). The exit code is 1 where one could not be asked.',
  },
  examples: ['lienthong take-back 0199… --from-recipient G12 --reason "Gửi nhầm nơi nhận"'],
  async run({ options, operands: { ID: typed }, context }) {
    const reason = parseReason(options.reason) ?? businessStatuses['13']?.vi ?? '';
    const settings = await loadSettings(context);
    const sending = await findSending(typed, { settings, code: options.as, context });
    const rows = chooseReceivers(sending, options['from-recipient']);
    const sent: TakenBack['sent'][number][] = [];
    const unasked: TakenBack['unasked'][number][] = [];
    for (const row of rows) {
      const message = writeStatus({
        from: partyOf(row.fromCode, settings),
        responseFor: referTo(row, row.toCode),
        statusCode: '13',
        description: reason,
        timestamp: context.now(),
      });
      try {
        const asked = await sending.exchange.send('status', row.fromCode, bodyOf(message));
        sent.push({ ...asked, receivers: [row.toCode] });
      } catch (error) {
        // One whose copy cannot be taken back does not keep the others from being asked.
        if (!(error instanceof Failure) || error.exitCode !== exitCodes.refused) throw error;
        unasked.push({ code: row.toCode, failure: error });
      }
    }
    if (sent.length === 0 && unasked[0]) throw unasked[0].failure;
    const done = { vi: 'Đã yêu cầu lấy lại.', en: 'Asked for it back.' };
    await showTakenBack(sending, { done, sent, unasked }, context);
    return unasked.length > 0 ? exitCodes.refused : exitCodes.ok;
  },
});
