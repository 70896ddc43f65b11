import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { ExchangeConnection } from '../connection/exchange.ts';
import type { Settings } from '../connection/settings.ts';
import { findAgency, loadSettings } from '../connection/settings.ts';
import type { MessageHead } from '../edxml/read-header.ts';
import { readHead } from '../edxml/read-header.ts';
import type { WrittenOrganisation } from '../edxml/write-document.ts';
import { writeStatus } from '../edxml/write-status.ts';
import { isXmlText } from '../edxml/xml-text.ts';
import { exitCodes, misused } from '../failure.ts';
import { exchangeOfDelivery } from '../mailboxes.ts';
import { businessStatuses, sayBusinessStatus } from '../words.ts';

export const reply = defineCommand({
  name: 'reply',
  summary: {
    vi: 'Báo trạng thái xử lý cho bên gửi (01 … 06, 15, 16)',
    en: 'Tell the sender what becomes of a received document (01 … 06, 15, 16)',
  },
  operands: [
    {
      name: 'ID',
      help: { vi: 'mã của văn bản nhận, trong "inbox"', en: 'the id of the received document, from "inbox"' },
    },
    {
      name: 'CODE',
      help: { vi: 'mã trạng thái hai chữ số, ví dụ 03', en: 'the two-digit status code, e.g. 03' },
    },
  ],
  options: {
    as: {
      type: 'string',
      placeholder: 'CODE',
      help: { vi: 'Cơ quan nhận, nay trả lời', en: 'The receiving agency, which answers now' },
    },
    reason: {
      type: 'string',
      placeholder: 'TEXT',
      help: {
        vi: 'Diễn giải; bắt buộc khi từ chối (02, 16)',
        en: 'Explanation; required when declining (02, 16)',
      },
    },
  },
  details: {
    vi: 'Mã: 01 đã đến · 02 từ chối tiếp nhận · 03 đã tiếp nhận · 04 phân công · 05 đang xử lý · 06 hoàn thành · 15 đồng ý, 16 từ chối lấy lại/cập nhật.\nVăn bản được tải lại phần đầu để biết trả lời cho ai, nên trục ghi nhận là đã lấy về.',
    en: 'Codes: 01 arrived · 02 refused · 03 accepted · 04 assigned · 05 in progress · 06 finished · 15 agreed, 16 declined take-back or update.\nThe head of the document is read to know whom to answer, so the axis notes it as fetched.',
  },
  examples: ['lienthong reply 0199… 03', 'lienthong reply 0199… 02 --reason "Gửi nhầm cơ quan"'],
  async run({ options, operands: { ID: id, CODE: typed }, context }) {
    const statusCode = parseCode(typed);
    const description = parseReason(options.reason, statusCode);
    const settings = await loadSettings(context);
    const exchange = await exchangeOfDelivery(id, { settings, code: options.as, context });
    const head = await readDocumentHead(exchange, id);
    const from = await receiverOf(head, { id, code: options.as, exchange, settings });
    const message = writeStatus({
      from,
      responseFor: {
        organisationCode: head.from.code,
        code: `${head.number}/${head.notation}`,
        promulgatedOn: head.promulgatedOn,
        documentId: head.documentId,
      },
      statusCode,
      description,
      at: context.now(),
    });
    const sent = await exchange.send('status', from.code, {
      sizeBytes: message.length,
      async *open() {
        yield message;
      },
    });
    show({ id, statusCode, from, head, ...sent }, context);
    return exitCodes.ok;
  },
});

// 13 goes the other way: it is the sender who takes back.
const answerable = Object.keys(businessStatuses).filter((code) => code !== '13');

function parseCode(typed: string): string {
  const code = typed.padStart(2, '0');
  if (answerable.includes(code)) return code;
  throw misused({
    vi: `Không có mã trạng thái "${typed}": dùng ${answerable.join(', ')}.`,
    en: `There is no status code "${typed}": use ${answerable.join(', ')}.`,
  });
}

function parseReason(reason: string | undefined, statusCode: string): string {
  const text = (reason ?? '').normalize('NFC').trim();
  if (!isXmlText(text)) {
    throw misused({ vi: '--reason có ký tự điều khiển.', en: '--reason holds control characters.' });
  }
  if (text === '' && (statusCode === '02' || statusCode === '16')) {
    throw misused({
      vi: `Trạng thái ${statusCode} phải kèm lý do: --reason "…"`,
      en: `Status ${statusCode} needs its reason: --reason "…"`,
    });
  }
  return text || (businessStatuses[statusCode]?.vi ?? '');
}

async function readDocumentHead(exchange: ExchangeConnection, id: string): Promise<MessageHead> {
  const { content } = await exchange.download(id);
  const head = await readHead(content);
  if (head?.kind === 'document') return head;
  throw misused({
    vi: `${id} không phải một văn bản, nên không có gì để trả lời.`,
    en: `${id} is not a document, so there is nothing to answer.`,
  });
}

/** Who answers: as typed, or the only receiver the document names, or the one that the mailbox says. */
async function receiverOf(
  head: MessageHead,
  {
    id,
    code,
    exchange,
    settings,
  }: { id: string; code: string | undefined; exchange: ExchangeConnection; settings: Settings },
): Promise<WrittenOrganisation> {
  const nameOf = (wanted: string): string =>
    head.to.find((receiver) => receiver.code === wanted)?.name ||
    findAgency(settings, wanted)?.name ||
    wanted;
  if (code !== undefined) return { code, name: nameOf(code) };
  const [only] = head.to;
  if (only && head.to.length === 1) return { code: only.code, name: nameOf(only.code) };
  const waiting = (await exchange.listReceived('document')).find(({ docId }) => docId === id);
  if (waiting) return { code: waiting.to, name: nameOf(waiting.to) };
  throw misused({
    vi: 'Văn bản gửi nhiều nơi: hãy ghi cơ quan trả lời bằng --as MÃ.',
    en: 'The document went to several: name the one that answers with --as CODE.',
  });
}

function show(
  sent: {
    id: string;
    statusCode: string;
    from: WrittenOrganisation;
    head: MessageHead;
    docId: string;
    receipt: string;
  },
  { terminal }: Context,
): void {
  const { id, statusCode, from, head, docId, receipt } = sent;
  terminal.json({
    id,
    docId,
    statusCode,
    from: from.code,
    to: head.from.code,
    documentId: head.documentId,
    receipt,
  });
  const done = { vi: 'đã báo', en: 'told' };
  terminal.line(
    `${terminal.style('green', '✓')} ${sayBusinessStatus(statusCode, terminal.language)}: ${terminal.say(done)} ${head.from.code} (${head.documentId})`,
  );
}
