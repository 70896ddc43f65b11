/** The edXML header of a PDF, from what was typed and sensible defaults for the rest. */
import type { OutgoingDocument, OutgoingParty, Priority } from '#exchange/edxml';
import { composeDocumentId, isXmlText } from '#exchange/edxml';
import { vietnamDate } from '#foundation/clock';
import type { Context, OptionValues } from './command.ts';
import type { ListedAgency } from './connection/exchange.ts';
import { connectExchange } from './connection/exchange.ts';
import type { Settings } from './connection/settings.ts';
import { findAgency, systemFor } from './connection/settings.ts';
import { misused } from './failure.ts';

export const documentOptions = {
  to: {
    type: 'string',
    multiple: true,
    placeholder: 'CODE',
    help: { vi: 'PDF: nơi nhận; lặp lại cho nhiều nơi', en: 'PDF: a receiver; repeat it for several' },
  },
  number: { type: 'string', placeholder: 'TEXT', help: { vi: 'PDF: số văn bản', en: 'PDF: the number' } },
  notation: { type: 'string', placeholder: 'TEXT', help: { vi: 'PDF: ký hiệu', en: 'PDF: the notation' } },
  subject: { type: 'string', placeholder: 'TEXT', help: { vi: 'PDF: trích yếu', en: 'PDF: the subject' } },
  type: {
    type: 'string',
    placeholder: 'TEXT',
    help: {
      vi: 'PDF: tên loại văn bản (mặc định Công văn)',
      en: 'PDF: type of document (Công văn by default)',
    },
  },
  date: {
    type: 'string',
    placeholder: 'DATE',
    help: {
      vi: 'PDF: ngày ban hành, yyyy-MM-dd hoặc dd/MM/yyyy (mặc định hôm nay, giờ Việt Nam)',
      en: 'PDF: date of issue, yyyy-MM-dd or dd/MM/yyyy (today in Vietnam by default)',
    },
  },
  place: {
    type: 'string',
    placeholder: 'TEXT',
    help: {
      vi: 'PDF: nơi ban hành (mặc định theo cơ quan gửi: tên tỉnh, thành phố, hoặc Hà Nội)',
      en: 'PDF: place of issue (by default from the sender: its province or city, or Hà Nội)',
    },
  },
  priority: {
    type: 'string',
    placeholder: '0-4',
    help: {
      vi: 'PDF: độ khẩn: 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ',
      en: 'PDF: urgency: 0 normal, 1 urgent, 2 very urgent, 3 express, 4 express at a set hour',
    },
  },
  'document-id': {
    type: 'string',
    placeholder: 'TEXT',
    help: {
      vi: 'PDF: mã định danh văn bản (mặc định MÃ,yyyy/MM/dd,số/ký hiệu)',
      en: 'PDF: identifier of the document (CODE,yyyy/MM/dd,number/notation by default)',
    },
  },
} as const;

type DocumentOptionValues = OptionValues<typeof documentOptions> & { readonly as: string | undefined };

// The national directory changed its old 13-character codes to new ones; beyond this no receiver is typed by hand.
const receiversLimit = 1_000;

export async function composeDocument(
  options: DocumentOptionValues,
  { settings, context }: { settings: Settings; context: Context },
): Promise<Omit<OutgoingDocument, 'attachments'>> {
  refuseMissing(options);
  const code = required(options.as, 'as');
  refuseLists(options.to);
  if (options.to.length > receiversLimit) {
    throw misused({ vi: `Tối đa ${receiversLimit} nơi nhận.`, en: `At most ${receiversLimit} receivers.` });
  }
  const number = required(options.number, 'number');
  const notation = required(options.notation, 'notation');
  const subject = required(options.subject, 'subject');
  const promulgatedOn = options.date ? parseDate(options.date, '--date') : vietnamDate(context.now());
  const names = await lookUpNames([code, ...options.to], { settings, context });
  return {
    from: names.of(code),
    to: options.to.map((receiver) => names.of(receiver)),
    documentId: xmlText(
      options['document-id'] ?? composeDocumentId({ organId: code, promulgatedOn, number, notation }),
      'document-id',
    ),
    code: { number, notation },
    promulgation: {
      place: options.place === undefined ? names.placeOf(code) : xmlText(options.place, 'place'),
      on: promulgatedOn,
    },
    // 2 = administrative document; receivers go by the name, the position in the list (detail) is 0 in all traffic.
    type: { type: 2, name: xmlText(options.type ?? 'Công văn', 'type') },
    subject,
    priority: parsePriority(options.priority ?? '0'),
    sentAt: context.now(),
    business: { docType: 0, reason: 'Văn bản điện tử mới' },
  };
}

/** All at once: whoever mends one after the other types the command five times. */
function refuseMissing(options: DocumentOptionValues): void {
  const missing = (['as', 'to', 'number', 'notation', 'subject'] as const)
    .filter((name) => options[name] === undefined || options[name].length === 0)
    .map((name) => `--${name}`)
    .join(', ');
  if (missing === '') return;
  throw misused(
    { vi: `Gửi PDF cần có ${missing}.`, en: `Sending a PDF needs ${missing}.` },
    { remedy: { vi: 'Xem: lienthong help send', en: 'See: lienthong help send' } },
  );
}

function refuseLists(receivers: readonly string[]): void {
  const list = receivers.find((receiver) => /[,;\s]/.test(receiver));
  if (list === undefined) return;
  const apart = list.split(/[,;\s]+/).filter((code) => code !== '');
  const better = apart.map((code) => `--to ${code}`).join(' ');
  throw misused(
    { vi: `Mỗi nơi nhận một --to: ${list}`, en: `Each receiver has its own --to: ${list}` },
    { remedy: { vi: `Hãy gõ: ${better}`, en: `Type: ${better}` } },
  );
}

function required(value: string | undefined, option: string): string {
  if (value !== undefined) return xmlText(value, option);
  throw misused(
    { vi: `Gửi PDF cần có --${option}.`, en: `Sending a PDF needs --${option}.` },
    { remedy: { vi: 'Xem: lienthong help send', en: 'See: lienthong help send' } },
  );
}

function xmlText(text: string, option: string): string {
  const value = text.normalize('NFC').trim();
  if (value !== '' && isXmlText(value)) return value;
  throw misused({
    vi: `--${option} rỗng hoặc có ký tự điều khiển.`,
    en: `--${option} is empty or holds control characters.`,
  });
}

function parsePriority(text: string): Priority {
  const priority = ([0, 1, 2, 3, 4] as const).find((known) => String(known) === text);
  if (priority !== undefined) return priority;
  throw misused({ vi: '--priority là một số từ 0 đến 4.', en: '--priority is a number from 0 to 4.' });
}

export function parseDate(text: string, option: string): Temporal.PlainDate {
  const written = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  try {
    return Temporal.PlainDate.from(
      written ? `${written[3]}-${written[2]}-${written[1]}` : text.replaceAll('/', '-'),
    );
  } catch (cause) {
    throw misused(
      { vi: `${option} không phải một ngày: ${text}`, en: `${option} is not a date: ${text}` },
      { cause },
    );
  }
}

interface Names {
  of(code: string): OutgoingParty;
  placeOf(code: string): string;
}

/** From sandbox.json where that knows all of them; else from the directory of the axis, asked once. */
async function lookUpNames(
  codes: readonly string[],
  { settings, context }: { settings: Settings; context: Context },
): Promise<Names> {
  const isAtHand = codes.every((code) => findAgency(settings, code));
  const listed = isAtHand ? [] : await connectExchange(systemFor(settings, codes[0]), context).listAgencies();
  const byCode = new Map<string, ListedAgency>();
  for (const agency of listed) {
    byCode.set(agency.code, agency);
    if (agency.oldCode) byCode.set(agency.oldCode, agency);
  }
  return {
    // A code that nobody knows goes out as it is: refusing it, with the reason in the receipt, is the axis' task.
    of: (code) => ({
      organId: code,
      organName: findAgency(settings, code)?.name ?? byCode.get(code)?.name ?? code,
    }),
    placeOf: (code) => {
      const agency = findAgency(settings, code) ?? byCode.get(code);
      return placeOf(agency?.code ?? code, agency?.name ?? '', [...settings.agencies, ...listed]);
    },
  };
}

const province = /(?:tỉnh|thành phố|TP\.?)\s+(.+)$/iu;

/**
 * Central bodies write the city of their seat, local ones the name of their province or city (Decree 30/2020, Annex I,
 * "Địa danh"). The first group of the code tells them apart; for other bodies nothing is guessed, the place stays empty.
 */
function placeOf(
  code: string,
  name: string,
  known: readonly { readonly code: string; readonly name: string }[],
): string {
  const root = code.split('.')[0] ?? code;
  if (/^G\d{2}$/.test(root)) return 'Hà Nội';
  if (!/^H\d{2}$/.test(root)) return '';
  const provinceName = known.find((agency) => agency.code === root)?.name ?? name;
  return province.exec(provinceName)?.[1]?.trim() ?? '';
}
