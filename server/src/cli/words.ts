/** How codes, times and sizes are said to a person. */
import type { Language, Text } from './language.ts';

/** The business statuses in the words of the clerk (QCVN 102, StatusCode). */
export const businessStatuses: Readonly<Record<string, Text>> = {
  '01': { vi: 'Đã đến', en: 'Arrived' },
  '02': { vi: 'Từ chối tiếp nhận', en: 'Refused' },
  '03': { vi: 'Đã tiếp nhận', en: 'Accepted' },
  '04': { vi: 'Phân công xử lý', en: 'Assigned' },
  '05': { vi: 'Đang xử lý', en: 'In progress' },
  '06': { vi: 'Hoàn thành', en: 'Finished' },
  '13': { vi: 'Lấy lại', en: 'Take back' },
  '15': { vi: 'Đồng ý lấy lại/cập nhật', en: 'Agreed to take-back or update' },
  '16': { vi: 'Từ chối lấy lại/cập nhật', en: 'Declined take-back or update' },
};

const transportWords: Readonly<Record<string, Text>> = {
  INITIAL: { vi: 'Chờ nhận', en: 'Waiting' },
  PROCESSING: { vi: 'Đã lấy về', en: 'Fetched' },
  DONE: { vi: 'Đã nhận đủ', en: 'Done' },
  FAIL: { vi: 'Không nhận được', en: 'Failed' },
};

export function sayTransport(word: string, description: string, language: Language): string {
  // The axis describes in Vietnamese, and more closely than the four words do.
  if (language === 'vi' && description) return withoutRefusalCode(description);
  return transportWords[word]?.[language] ?? word;
}

const takingBackWords: Readonly<Record<string, Text>> = {
  unseen: { vi: 'đã lấy lại, bên nhận chưa lấy về', en: 'taken back before it was fetched' },
  asked: { vi: 'đang chờ bên nhận trả lời', en: 'asked back, no answer yet' },
  agreed: { vi: 'bên nhận đồng ý', en: 'the receiver agreed' },
  declined: { vi: 'bên nhận từ chối', en: 'the receiver declined' },
};

/** What became of a lấy lại, thu hồi, update or replacement of this copy; empty where there was none. */
export function sayTakingBack(
  row: { readonly takingBack: string; readonly takingBackDesc: string },
  language: Language,
): string {
  // As with the transport: the axis' own words also name the act.
  if (language === 'vi' && row.takingBackDesc) return row.takingBackDesc;
  return takingBackWords[row.takingBack]?.[language] ?? row.takingBack;
}

/** `exchange.recipient_unknown: sentence` → the sentence. */
export function withoutRefusalCode(sentence: string): string {
  return sentence.replace(/^[a-z_]+\.[a-z_]+:\s*/, '');
}

export function sayBusinessStatus(code: string, language: Language): string {
  const name = businessStatuses[code]?.[language];
  return name ? `${code} ${name}` : code;
}

/** `dd/MM/yyyy HH:mm:ss` in Vietnam, whatever time zone this machine is in; unknown forms stay as they came. */
export function sayTime(text: string): string {
  const edXml = /^(\d{4})[/-](\d{2})[/-](\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?$/.exec(text);
  if (edXml) return `${edXml[3]}/${edXml[2]}/${edXml[1]} ${edXml[4]}`;
  try {
    return formatLocal(Temporal.Instant.from(text));
  } catch {
    return text;
  }
}

/** For scripts: ISO 8601 with its zone; the protocol writes Vietnam's time without one. Null for an empty text. */
export function isoTime(text: string): string | null {
  const edXml = /^(\d{4})[/-](\d{2})[/-](\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/.exec(text);
  if (edXml) return `${edXml[1]}-${edXml[2]}-${edXml[3]}T${edXml[4]}+07:00`;
  return text === '' ? null : text;
}

/** `dd/MM/yyyy` of an ISO date. */
export function sayDate(text: string): string {
  return text.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3/$2/$1');
}

function formatLocal(instant: Temporal.Instant): string {
  const local = instant.toZonedDateTimeISO('Asia/Ho_Chi_Minh');
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(local.day)}/${two(local.month)}/${local.year} ${two(local.hour)}:${two(local.minute)}:${two(local.second)}`;
}

export function saySize(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} B`;
  const units = ['KB', 'MB', 'GB'] as const;
  let value = sizeBytes / 1_000;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
