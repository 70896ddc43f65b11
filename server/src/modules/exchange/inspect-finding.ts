/** What an inspection of the exchange may find, and how it is said. */

export interface ExchangeFinding {
  readonly code: `exchange.${keyof typeof sentences}`;
  /** What is wrong, by name: an envelope, a recipient's copy, a package. */
  readonly where: string;
  readonly vi: string;
  readonly en: string;
}

/** `{where}` is the place. */
const sentences = {
  package_missing: ['Mất nội dung của {where}.', 'The content of {where} is missing.'],
  package_corrupt: ['Nội dung của {where} đã bị thay đổi.', 'The content of {where} was changed.'],
  package_key_missing: [
    'Khóa của {where} không còn, mà nhật ký không nói là đã hủy.',
    'The key of {where} is gone, and no entry says that it was destroyed.',
  ],
  package_not_destroyed: [
    'Nhật ký nói đã hủy {where}, nhưng khóa vẫn còn.',
    'The log says that {where} was destroyed, but its key is still there.',
  ],
  envelope_unproven: ['{where} không có mục nào trong nhật ký.', 'The log has no entry for {where}.'],
  envelope_differs: ['{where} khác với nhật ký.', '{where} differs from the log.'],
  recipients_differ: [
    'Danh sách nơi nhận của {where} khác với nhật ký.',
    'The list of recipients of {where} differs from the log.',
  ],
  recipient_stray: ['{where} không thuộc văn bản nào.', '{where} belongs to no envelope.'],
  delivery_missing: ['Mất bản của {where}.', 'The copy of {where} is missing.'],
  delivery_differs: ['{where} khác với nhật ký.', '{where} differs from the log.'],
  delivery_unknown: [
    'Nhật ký nói về {where}, nhưng không có bản đó.',
    'The log speaks of {where}, which is not there.',
  ],
  sender_row_differs: [
    'Dòng của bên gửi khác với {where} của bên nhận.',
    "The sender's row differs from the recipient's {where}.",
  ],
  envelope_row_differs: [
    '{where} khác với văn bản mà bên gửi đã gửi.',
    '{where} differs from the envelope that its sender sent.',
  ],
} as const satisfies Record<string, readonly [vi: string, en: string]>;

export function finding(code: keyof typeof sentences, where: string): ExchangeFinding {
  const [vi, en] = sentences[code];
  return {
    code: `exchange.${code}`,
    where,
    vi: vi.replace('{where}', where),
    en: en.replace('{where}', where),
  };
}
