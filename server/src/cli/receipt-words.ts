/** What the parts of a receipt mean, as a clerk would say it. A kind or claim that is not listed is shown as it is written. */
import type { Text } from './language.ts';

export const factNames: Readonly<Record<string, Text>> = {
  'exchange.accepted': { vi: 'Trục đã nhận văn bản để chuyển', en: 'The axis accepted the document' },
  'exchange.fetched': { vi: 'Bên nhận đã lấy văn bản về', en: 'The receiver fetched the document' },
  'exchange.done': { vi: 'Bên nhận đã lưu xong văn bản', en: 'The receiver stored the document' },
  'exchange.failed': {
    vi: 'Bên nhận không lưu được văn bản',
    en: 'The receiver could not store the document',
  },
  'exchange.content_destroyed': {
    vi: 'Trục đã hủy nội dung khi hết thời hạn lưu',
    en: 'The axis destroyed the content at the end of its time',
  },
  'exchange.resumed': { vi: 'Bên nhận xử lý lại văn bản', en: 'The receiver took the document up again' },
  'evidence.erased': {
    vi: 'Đã xóa thông tin mô tả theo pháp luật',
    en: 'A detail was erased as the law demands',
  },
  'exchange.delivery_overdue': {
    vi: 'Trục báo nơi gửi: bên nhận chưa lấy văn bản',
    en: 'The axis told the sender that the receiver does not collect it',
  },
  'exchange.status_reported': { vi: 'Cơ quan đã báo trạng thái', en: 'The agency reported a status' },
};

export const claimNames: Readonly<Record<string, Text>> = {
  document: { vi: 'Mã văn bản', en: 'Document id' },
  message: { vi: 'Loại', en: 'Message' },
  type: { vi: 'Nghiệp vụ', en: 'Business' },
  status: { vi: 'Trạng thái', en: 'Status' },
  envelope: { vi: 'Mã gửi', en: 'Sending' },
  package: { vi: 'Mã băm gói', en: 'Package' },
  content: { vi: 'Mã băm nội dung', en: 'Content' },
  recipients: { vi: 'Nơi nhận', en: 'Recipients' },
  kept_days: { vi: 'Số ngày đã lưu', en: 'Days kept' },
};

const values: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  message: { document: { vi: 'văn bản', en: 'document' }, status: { vi: 'trạng thái', en: 'status' } },
  type: {
    0: { vi: 'văn bản mới', en: 'new' },
    1: { vi: 'thu hồi', en: 'recall' },
    2: { vi: 'cập nhật', en: 'update' },
    3: { vi: 'thay thế', en: 'replacement' },
  },
};

/** Whose history the fact belongs to: the sending, or the copy of one receiver. */
export function subjectName(kind: string): Text {
  if (ofEnvelopes.has(kind)) return { vi: 'Mã gửi', en: 'Sending' };
  if (kind === 'exchange.refused') return { vi: 'Hệ thống', en: 'System' };
  if (kind in factNames) return { vi: 'Mã nhận', en: 'Delivery' };
  return { vi: 'Đối tượng', en: 'Subject' };
}

export function isDigest(value: unknown): boolean {
  const text = typeof value === 'object' && value !== null && 'digest' in value ? value.digest : value;
  return typeof text === 'string' && text.startsWith('sha256:');
}

/** A claim's value in words where there are some; a count with its digest as both; anything else as JSON. */
export function claimValue(name: string, value: unknown): Text {
  const words = values[name]?.[String(value)];
  if (words) return words;
  if (typeof value === 'object' && value !== null && 'count' in value && 'digest' in value) {
    const text = `${String(value.count)} · ${String(value.digest)}`;
    return { vi: text, en: text };
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { vi: text, en: text };
}

const ofEnvelopes = new Set(['exchange.accepted', 'exchange.content_destroyed', 'exchange.delivery_overdue']);
