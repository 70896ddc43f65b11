import { defineCommand } from '../command.ts';
import type { MessageKind, Received } from '../connection/exchange.ts';
import { findAgency, loadSettings } from '../connection/settings.ts';
import { exitCodes, misused } from '../failure.ts';
import { messageKinds, openMailboxes } from '../mailboxes.ts';
import { asOption, suggest } from '../suggest.ts';
import { isoTime, saySize, sayTime, sayTransport } from '../words.ts';

export const inbox = defineCommand({
  name: 'inbox',
  summary: {
    vi: 'Văn bản và trạng thái đang chờ nhận',
    en: 'Documents and statuses that wait to be received',
  },
  operands: [],
  options: {
    as: {
      type: 'string',
      placeholder: 'CODE',
      help: {
        vi: 'Hộp thư của hệ thống phục vụ cơ quan này (mặc định: tất cả)',
        en: "The mailbox of this agency's system (all by default)",
      },
    },
    kind: {
      type: 'string',
      placeholder: 'document|status',
      help: { vi: 'Chỉ văn bản, hoặc chỉ trạng thái', en: 'Only documents, or only statuses' },
    },
  },
  examples: ['lienthong inbox --as H37', 'lienthong inbox --kind status --json'],
  async run({ options, context }) {
    const settings = await loadSettings(context);
    const mailboxes = await openMailboxes(settings, options.as, context, kindsOf(options.kind));
    const messages = mailboxes.flatMap(({ kind, messages }) =>
      messages.map((message) => ({ ...message, kind })),
    );
    const { terminal } = context;
    terminal.json({ messages: messages.map(toJson) });
    if (messages.length === 0) {
      terminal.line(terminal.say({ vi: 'Không có gì chờ nhận.', en: 'Nothing is waiting.' }));
      return exitCodes.ok;
    }
    const nameOf = (code: string): string => {
      const name = findAgency(settings, code)?.name;
      return name ? `${code} ${name}` : code;
    };
    terminal.table(
      [
        { title: terminal.say({ vi: 'Mã', en: 'Id' }) },
        { title: terminal.say({ vi: 'Loại', en: 'Kind' }) },
        { title: terminal.say({ vi: 'Từ', en: 'From' }), shrinks: true },
        { title: terminal.say({ vi: 'Đến', en: 'To' }), shrinks: true },
        { title: terminal.say({ vi: 'Trích yếu', en: 'Subject' }), shrinks: true },
        { title: terminal.say({ vi: 'Trục nhận lúc', en: 'Accepted' }) },
        { title: terminal.say({ vi: 'Cỡ', en: 'Size' }), align: 'right' },
        { title: terminal.say({ vi: 'Trạng thái', en: 'State' }), shrinks: true },
      ],
      messages.map((message) => [
        message.docId,
        terminal.say(kindNames[message.kind]),
        nameOf(message.from),
        nameOf(message.to),
        message.title,
        sayTime(message.created_time),
        message.contentLength ? saySize(Number(message.contentLength)) : '',
        sayTransport(message.status, message.status_desc, terminal.language),
      ]),
    );
    terminal.line();
    terminal.line(
      `${terminal.say({ vi: 'Lấy về', en: 'Fetch one' })}: ${suggest(context, ['get', messages[0]?.docId ?? '', ...asOption(options.as)])}`,
    );
    return exitCodes.ok;
  },
});

const kindNames = {
  document: { vi: 'văn bản', en: 'document' },
  status: { vi: 'trạng thái', en: 'status' },
} as const;

function kindsOf(kind: string | undefined): readonly MessageKind[] {
  if (kind === undefined) return messageKinds;
  if (kind === 'document' || kind === 'status') return [kind];
  throw misused({ vi: '--kind là document hoặc status.', en: '--kind is document or status.' });
}

function toJson(message: Received & { kind: MessageKind }) {
  return {
    id: message.docId,
    kind: message.kind,
    from: message.from,
    to: message.to,
    status: message.status,
    acceptedAt: isoTime(message.created_time),
    changedAt: isoTime(message.updated_time),
    sizeBytes: message.contentLength ? Number(message.contentLength) : null,
    subject: message.title || null,
  };
}
