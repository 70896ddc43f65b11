import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { SentHistory, SentRow } from '../connection/exchange.ts';
import { isRefusedByAxis } from '../connection/exchange.ts';
import type { Settings } from '../connection/settings.ts';
import { findAgency, loadSettings } from '../connection/settings.ts';
import { exitCodes } from '../failure.ts';
import { findSending, sendingOperand } from '../find-sending.ts';
import { factNames } from '../receipt-words.ts';
import { isoTime, sayBusinessStatus, sayTakingBack, sayTime, sayTransport } from '../words.ts';

const watchEveryMs = 2_000;

export const status = defineCommand({
  name: 'status',
  summary: {
    vi: 'Văn bản đã gửi đang ở đâu, từng nơi nhận',
    en: 'Where a sent document is, receiver by receiver',
  },
  operands: [sendingOperand],
  options: {
    as: { type: 'string', placeholder: 'CODE', help: { vi: 'Cơ quan gửi', en: 'The sending agency' } },
    history: {
      type: 'boolean',
      help: {
        vi: 'Từng bước theo nhật ký, kèm biên nhận khi dùng --json',
        en: 'Step by step from the log; with --json each has its receipt',
      },
    },
    watch: {
      type: 'boolean',
      help: {
        vi: 'Theo dõi tới khi mọi nơi nhận xong (Ctrl-C để dừng)',
        en: 'Follow until every receiver is done (Ctrl-C stops)',
      },
    },
  },
  examples: ['lienthong status 0199… --watch'],
  async run({ options, operands: { ID: typed }, context }) {
    const settings = await loadSettings(context);
    const { exchange, id, rows } = await findSending(typed, { settings, code: options.as, context });
    const history = await exchange.readHistory(id);
    if (options.history) {
      showHistory(history, { id, rows, context });
      return exitCodes.ok;
    }
    show(rows, { id, onward: history.onward, settings, context });
    for (let seen = rows; options.watch && !seen.every(isSettled);) {
      await sleep(watchEveryMs, undefined, { signal: context.signal });
      const now = await exchange.listSent('document', id);
      if (JSON.stringify(now) === JSON.stringify(seen)) continue;
      seen = now;
      const { onward } = await exchange.readHistory(id);
      context.terminal.clear();
      show(now, { id, onward, settings, context });
    }
    return exitCodes.ok;
  },
});

function showHistory(
  { steps }: SentHistory,
  { id, rows, context }: { id: string; rows: readonly SentRow[]; context: Context },
): void {
  const { terminal } = context;
  terminal.json({
    docId: id,
    steps: steps.map((step) => ({ ...step, eventTime: isoTime(step.eventTime) })),
  });
  const codes = new Map(rows.map(({ receiverDocId, toCode }) => [receiverDocId, toCode]));
  terminal.table(
    [
      { title: terminal.say({ vi: 'Lúc', en: 'At' }) },
      { title: terminal.say({ vi: 'Nơi nhận', en: 'Receiver' }) },
      { title: terminal.say({ vi: 'Việc', en: 'Step' }), shrinks: true },
    ],
    steps.map(({ receiverDocId, event, eventTime }) => [
      sayTime(eventTime),
      receiverDocId ? (codes.get(receiverDocId) ?? receiverDocId) : '',
      terminal.say(factNames[event] ?? { vi: event, en: event }),
    ]),
  );
}

/** Nothing more is to come: finished or refused by the clerk, refused by the axis, or taken back. */
function isSettled(row: SentRow): boolean {
  const isTakenBack = row.takingBack === 'unseen' || row.takingBack === 'agreed';
  return isTakenBack || isRefusedByAxis(row) || row.businessStatus === '02' || row.businessStatus === '06';
}

function show(
  rows: readonly SentRow[],
  {
    id,
    onward,
    settings,
    context,
  }: { id: string; onward: SentHistory['onward']; settings: Settings; context: Context },
): void {
  const { terminal } = context;
  terminal.json({
    docId: id,
    receivers: rows.map((row) => ({
      code: row.toCode,
      deliveryId: row.receiverDocId || null,
      refused: isRefusedByAxis(row),
      transport: row.receiveStatus,
      transportText: row.receiveStatusDesc,
      overdueAt: row.overdueTime ? isoTime(row.overdueTime) : null,
      status: row.businessStatus || null,
      statusText: row.businessStatusDesc || null,
      sentAt: isoTime(row.sentTime),
      receivedAt: isoTime(row.receivedTime),
      statusAt: isoTime(row.businessStatusTime),
      takingBack: row.takingBack || null,
      takingBackText: row.takingBackDesc || null,
    })),
    onward: onward ?? null,
  });
  const [first] = rows;
  if (first && (first.notation || first.title)) {
    terminal.line(terminal.style('bold', [first.notation, first.title].filter(Boolean).join(' — ')));
    terminal.line();
  }
  terminal.table(
    [
      { title: terminal.say({ vi: 'Nơi nhận', en: 'Receiver' }), shrinks: true },
      { title: terminal.say({ vi: 'Chuyển', en: 'Transport' }), shrinks: true },
      { title: terminal.say({ vi: 'Xử lý', en: 'Status' }), shrinks: true },
      { title: terminal.say({ vi: 'Gửi lúc', en: 'Sent' }) },
      { title: terminal.say({ vi: 'Lấy về lúc', en: 'Fetched' }) },
      { title: terminal.say({ vi: 'Báo lúc', en: 'Told' }) },
    ],
    rows.map((row) => [
      [row.toCode, findAgency(settings, row.toCode)?.name].filter(Boolean).join(' '),
      [
        sayTransport(row.receiveStatus, row.receiveStatusDesc, terminal.language),
        sayOverdue(row, terminal),
        sayTakingBack(row, terminal.language),
      ]
        .filter(Boolean)
        .join('; '),
      row.businessStatus ? sayBusinessStatus(row.businessStatus, terminal.language) : '',
      sayTime(row.sentTime),
      sayTime(row.receivedTime),
      sayTime(row.businessStatusTime),
    ]),
  );
  if (onward && onward.recipients > 0) {
    const { reached, recipients } = onward;
    terminal.line();
    terminal.line(
      terminal.say({
        vi: `Đã tới ${reached}/${recipients} nơi nhận do chuyển tiếp.`,
        en: `Reached ${reached} of ${recipients} receivers to whom it was passed on.`,
      }),
    );
  }
}

function sayOverdue({ overdueTime }: SentRow, terminal: Context['terminal']): string {
  if (!overdueTime) return '';
  const at = sayTime(overdueTime);
  return terminal.say({ vi: `chậm nhận, đã nhắc lúc ${at}`, en: `not collected, told at ${at}` });
}
