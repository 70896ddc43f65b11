import { Refusal } from '#foundation/refusal';
import type { Context, OptionValues } from '../command.ts';
import { defineCommand } from '../command.ts';
import { connectExchange } from '../connection/exchange.ts';
import type { ExchangeConnection, MessageKind, Sent, SentRow } from '../connection/exchange.ts';
import type { HttpBody } from '../connection/http.ts';
import type { Settings } from '../connection/settings.ts';
import { loadSettings, systemFor } from '../connection/settings.ts';
import { composeDocument, documentOptions } from '../compose-document.ts';
import { wrapPdf } from '../edxml/wrap-pdf.ts';
import { misused } from '../failure.ts';
import type { Text } from '../language.ts';
import { isPdf, openMessage } from '../outgoing-file.ts';
import type { SavedReceipt } from '../save-receipt.ts';
import { receiptOption, saveReceipt, tellKept } from '../save-receipt.ts';
import { asOption, suggest } from '../suggest.ts';
import { sayTransport } from '../words.ts';
import { assertWritable } from '../writable-file.ts';

const options = {
  as: {
    type: 'string',
    placeholder: 'CODE',
    help: {
      vi: 'Cơ quan gửi, mã mới hoặc mã cũ (mặc định với edXML: mã ghi trong tệp)',
      en: 'The sending agency, new or old code (for edXML: by default the one in the file)',
    },
  },
  'onward-of': {
    type: 'string',
    placeholder: 'ID',
    help: {
      vi: 'Chuyển tiếp văn bản đã nhận này: mã trong "inbox", sau khi đã lấy về',
      en: 'Passes on this received document: its id in "inbox", once it was fetched',
    },
  },
  receipt: receiptOption,
  ...documentOptions,
} as const;

type SendOptions = OptionValues<typeof options>;

export const send = defineCommand({
  name: 'send',
  summary: { vi: 'Gửi một văn bản: tệp edXML, hoặc tệp PDF', en: 'Send a document: an edXML file, or a PDF' },
  operands: [
    {
      name: 'FILE',
      help: {
        vi: 'tệp .edxml (gửi nguyên vẹn từng byte) hoặc .pdf',
        en: 'an .edxml file (sent byte for byte) or a .pdf',
      },
    },
  ],
  options,
  details: {
    vi: 'Tệp edXML tự ghi nơi nhận và mọi thông tin khác, nên không dùng --to, --number … với nó.\nGửi lại đúng văn bản đó thì nhận lại đúng biên nhận cũ, không sinh văn bản thứ hai.\nMã thoát 0 cũng có khi một vài nơi nhận bị từ chối: xem bảng, hoặc "refused" với --json.',
    en: 'An edXML file names its receivers and all else itself, so --to, --number … are not for it.\nThe same document sent again gets the same receipt and makes no second document.\nThe exit code is 0 also when some receivers were refused: see the table, or "refused" with --json.',
  },
  examples: [
    'lienthong send cong-van.pdf --as G12 --to H37 --number 125 --notation BTC-VP --subject "V/v báo cáo quý"',
    'lienthong send van-ban.edxml --as G12 --receipt bien-nhan.txt',
  ],
  async run({ options, operands: { FILE: file }, context }) {
    const settings = await loadSettings(context);
    if (options.receipt !== undefined) await assertWritable(options.receipt);
    const message = (await isPdf(file))
      ? await prepareFromPdf(file, options, { settings, context })
      : await prepareFromEdxml(file, options);
    const exchange = connectExchange(systemFor(settings, message.from), context);
    const sent = await exchange.send(message.kind, message.from, withProgress(message.body, context), {
      onwardOf: options['onward-of'],
    });
    // Once the axis has it, nothing that fails afterwards may hide the receipt.
    const rows = message.kind === 'document' ? await listReceivers(exchange, sent.docId) : [];
    const kept = await saveReceipt(sent.receipt, options.receipt, { baseUrl: settings.baseUrl, context });
    show({ ...message, ...sent, rows, saved: kept.saved }, context);
    // Without the file the receipt was printed with the result.
    return tellKept(kept, undefined, context);
  },
});

interface PreparedMessage {
  readonly kind: MessageKind;
  readonly from: string;
  readonly documentId: string;
  readonly body: HttpBody;
}

async function prepareFromPdf(
  file: string,
  options: SendOptions,
  { settings, context }: { settings: Settings; context: Context },
): Promise<PreparedMessage> {
  const document = await composeDocument(options, { settings, context });
  return {
    kind: 'document',
    from: document.from.organId,
    documentId: document.documentId,
    body: await wrapPdf(file, document),
  };
}

async function prepareFromEdxml(file: string, options: SendOptions): Promise<PreparedMessage> {
  const given = Object.keys(documentOptions).find((name) =>
    isGiven(options[name as keyof typeof documentOptions]),
  );
  if (given) {
    throw misused(
      {
        vi: `--${given} chỉ dùng khi gửi PDF: tệp edXML tự ghi nơi nhận, số, ký hiệu và trích yếu.`,
        en: `--${given} is only for a PDF: an edXML file itself names its receivers, number, notation and subject.`,
      },
      { remedy: { vi: 'Bỏ tùy chọn đó, hoặc sửa trong tệp.', en: 'Leave it out, or change the file.' } },
    );
  }
  const message = await openMessage(file);
  const { header } = message;
  if (header instanceof Refusal) {
    // Whoever names the sender may let the axis judge: its refusal leaves an entry, ours would leave nothing.
    if (options.as === undefined) throw header;
    return { kind: 'document', from: options.as, documentId: '', body: message };
  }
  return {
    kind: header.kind,
    from: options.as ?? header.from.organId,
    documentId: header.kind === 'status' ? header.responseFor.documentId : header.documentId,
    body: message,
  };
}

function isGiven(value: string | readonly string[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}

/** The first reading is for the digest, the second is the sending: the bar tells of both. */
function withProgress(body: HttpBody, context: Context): HttpBody {
  const labels = [
    { vi: 'Đang tính mã băm', en: 'Hashing' },
    { vi: 'Đang gửi', en: 'Sending' },
  ];
  return {
    sizeBytes: body.sizeBytes,
    async *open() {
      const progress = context.terminal.progress(
        labels.shift() ?? { vi: 'Đang gửi', en: 'Sending' },
        body.sizeBytes,
      );
      try {
        for await (const chunk of body.open()) {
          yield chunk;
          progress.advance(chunk.length);
        }
      } finally {
        progress.finish();
      }
    },
  };
}

async function listReceivers(exchange: ExchangeConnection, docId: string): Promise<SentRow[] | undefined> {
  try {
    return await exchange.listSent('document', docId);
  } catch {
    return undefined;
  }
}

interface Outcome extends PreparedMessage, Sent {
  /** Undefined where the list could not be read just then. */
  readonly rows: readonly SentRow[] | undefined;
  readonly saved: SavedReceipt | undefined;
}

function show(outcome: Outcome, context: Context): void {
  const { terminal } = context;
  const { docId, documentId, receipt, repeated, refused, from, kind, rows, saved } = outcome;
  terminal.json({
    docId,
    documentId,
    kind,
    from,
    receipt,
    repeated,
    to:
      rows?.map((row) => ({
        code: row.toCode,
        deliveryId: row.receiverDocId || null,
        status: row.receiveStatus,
      })) ?? null,
    refused,
    receiptFile: saved?.path ?? null,
    level: saved?.level ?? 'R0',
  });
  if (terminal.isJson) return;

  const say = (text: Text): string => terminal.say(text);
  const done = repeated
    ? {
        vi: 'Văn bản này đã được gửi trước đó; biên nhận vẫn là một.',
        en: 'This document had been sent before; the receipt is the same.',
      }
    : { vi: 'Trục đã nhận văn bản.', en: 'The axis has accepted the document.' };
  const isPartly = refused.length > 0;
  terminal.line(
    isPartly
      ? `${terminal.style('yellow', '!')} ${say(done)} ${say({ vi: `Từ chối ${refused.length} nơi nhận.`, en: `Receivers refused: ${refused.length}.` })}`
      : `${terminal.style('green', '✓')} ${say(done)}`,
  );
  terminal.line();
  terminal.line(`  ${say({ vi: 'Mã gửi:', en: 'Sending:' })} ${docId}`);
  if (documentId) terminal.line(`  ${say({ vi: 'Mã văn bản:', en: 'Document id:' })} ${documentId}`);
  if (saved) {
    terminal.line(`  ${say({ vi: 'Biên nhận:', en: 'Receipt:' })} ${saved.path} (${saved.level})`);
  }
  if (rows === undefined) {
    terminal.note(
      say({
        vi: 'Chưa đọc được danh sách nơi nhận.',
        en: 'The list of receivers could not be read just now.',
      }),
    );
  } else if (rows.length > 0) {
    terminal.line();
    terminal.table(
      [
        { title: say({ vi: 'Nơi nhận', en: 'Receiver' }) },
        { title: say({ vi: 'Trạng thái', en: 'State' }), shrinks: true },
      ],
      rows.map((row) => [
        row.toCode,
        sayTransport(row.receiveStatus, row.receiveStatusDesc, terminal.language),
      ]),
    );
  }
  terminal.line();
  if (!saved) {
    terminal.line(say({ vi: 'Biên nhận (một dòng, hãy lưu lại):', en: 'Receipt (one line, keep it):' }));
    terminal.line(receipt);
    terminal.line();
  }
  if (kind === 'document') {
    terminal.line(
      `${say({ vi: 'Theo dõi:', en: 'Follow it:' })} ${suggest(context, ['status', docId, ...asOption(from)])}`,
    );
  }
  if (saved) {
    terminal.line(`${say({ vi: 'Kiểm chứng:', en: 'Verify:' })} ${suggest(context, ['verify', saved.path])}`);
  } else {
    terminal.line(
      say({
        vi: 'Kiểm chứng: lưu dòng biên nhận trên vào một tệp, hoặc gửi lại với --receipt TỆP (không sinh văn bản thứ hai).',
        en: 'Verify: save the line of the receipt in a file, or send again with --receipt FILE (this makes no second document).',
      }),
    );
  }
}
