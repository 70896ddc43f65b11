import type { MessageHeader, OutgoingParty } from '#exchange/edxml';
import { isXmlText, writeStatus } from '#exchange/edxml';
import { Refusal } from '#foundation/refusal';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { ExchangeConnection } from '../connection/exchange.ts';
import type { Settings } from '../connection/settings.ts';
import { findAgency, loadSettings } from '../connection/settings.ts';
import { readHeader } from '../edxml/read-header.ts';
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
    const answered = await readDocumentHeader(exchange, id);
    const from = await receiverOf(answered, { id, code: options.as, exchange, settings });
    const message = writeStatus({
      from,
      responseFor: {
        organId: answered.from.organId,
        code: `${answered.code.number}/${answered.code.notation}`,
        promulgationDate: answered.promulgation.date?.raw ?? '',
        documentId: answered.documentId,
      },
      statusCode,
      description,
      timestamp: context.now(),
    });
    const sent = await exchange.send('status', from.organId, {
      sizeBytes: message.length,
      async *open() {
        yield message;
      },
    });
    show({ id, statusCode, from, answered, ...sent }, context);
    return exitCodes.ok;
  },
});

// 13 goes the other way: it is the sender who takes back. An object gives keys that are whole numbers (13) before those that are not (01).
const answerable = Object.keys(businessStatuses)
  .filter((code) => code !== '13')
  .toSorted();

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

type DocumentHeader = Extract<MessageHeader, { kind: 'document' }>;

async function readDocumentHeader(exchange: ExchangeConnection, id: string): Promise<DocumentHeader> {
  const { content } = await exchange.download(id);
  const header = await readHeader(content);
  if (header instanceof Refusal) throw header;
  if (header.kind === 'document') return header;
  throw misused({
    vi: `${id} không phải một văn bản, nên không có gì để trả lời.`,
    en: `${id} is not a document, so there is nothing to answer.`,
  });
}

/** Who answers: as typed, or the only receiver the document names, or the one that the mailbox says. */
async function receiverOf(
  { to }: DocumentHeader,
  {
    id,
    code,
    exchange,
    settings,
  }: { id: string; code: string | undefined; exchange: ExchangeConnection; settings: Settings },
): Promise<OutgoingParty> {
  const nameOf = (wanted: string): string =>
    to.find(({ organId }) => organId === wanted)?.organName || findAgency(settings, wanted)?.name || wanted;
  if (code !== undefined) return { organId: code, organName: nameOf(code) };
  const [only] = to;
  if (only && to.length === 1) return { organId: only.organId, organName: nameOf(only.organId) };
  const waiting = (await exchange.listReceived('document')).find(({ docId }) => docId === id);
  if (waiting) return { organId: waiting.to, organName: nameOf(waiting.to) };
  throw misused({
    vi: 'Văn bản gửi nhiều nơi: hãy ghi cơ quan trả lời bằng --as MÃ.',
    en: 'The document went to several: name the one that answers with --as CODE.',
  });
}

function show(
  sent: {
    id: string;
    statusCode: string;
    from: OutgoingParty;
    answered: DocumentHeader;
    docId: string;
    receipt: string;
  },
  { terminal }: Context,
): void {
  const { id, statusCode, from, answered, docId, receipt } = sent;
  terminal.json({
    id,
    docId,
    statusCode,
    from: from.organId,
    to: answered.from.organId,
    documentId: answered.documentId,
    receipt,
  });
  const done = { vi: 'đã báo', en: 'told' };
  terminal.line(
    `${terminal.style('green', '✓')} ${sayBusinessStatus(statusCode, terminal.language)}: ${terminal.say(done)} ${answered.from.organId} (${answered.documentId})`,
  );
}
