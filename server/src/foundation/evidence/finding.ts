/** What an inspection of the log may find, and how it is said. */

export type FindingCode = keyof typeof sentences;

export interface Finding {
  /** `evidence.` and a `FindingCode`, or the code of a module above that adds its own inspection. */
  readonly code: `${string}.${string}`;
  /** What is wrong, by name: an entry's id, a leaf's index, a tile, a size. */
  readonly where: string;
  readonly vi: string;
  readonly en: string;
}

/** `{where}` is the place. */
const sentences = {
  payload_damaged: ['Nội dung của {where} đã bị thay đổi.', 'The payload of {where} was changed.'],
  signature_damaged: [
    'Chữ ký biên nhận của {where} không đúng.',
    'The receipt signature of {where} is wrong.',
  ],
  entry_damaged: [
    'Cột của {where} khác với nội dung đã ký.',
    'A column of {where} differs from its signed payload.',
  ],
  detail_damaged: ['Chi tiết của {where} đã bị thay đổi.', 'The detail of {where} was changed.'],
  detail_missing: ['Chi tiết của {where} bị mất.', 'The detail of {where} is missing.'],
  detail_orphaned: ['Có chi tiết không thuộc mục nào: {where}.', 'A detail belongs to no entry: {where}.'],
  entry_missing: ['{where} chỉ đến một mục không tồn tại.', '{where} points to no entry.'],
  entry_unlogged: [
    '{where} không có trong nhật ký và không chờ vào.',
    '{where} is neither in the log nor waiting.',
  ],
  pending_damaged: ['Hàng chờ của {where} đã bị thay đổi.', 'The queued digest of {where} was changed.'],
  leaf_damaged: ['{where} đã bị thay đổi.', '{where} was changed.'],
  leaf_missing: ['{where} bị mất.', '{where} is missing.'],
  leaf_stray: ['{where} nằm ngoài nhật ký.', '{where} lies outside the log.'],
  tile_damaged: ['{where} đã bị thay đổi.', '{where} was changed.'],
  tile_missing: ['{where} bị mất.', '{where} is missing.'],
  tile_stray: ['{where} nằm ngoài nhật ký.', '{where} lies outside the log.'],
  edge_damaged: ['{where} của đầu nhật ký đã bị thay đổi.', '{where} of the head was changed.'],
  head_damaged: ['Đầu nhật ký sai: {where}.', 'The head of the log is wrong: {where}.'],
  checkpoint_damaged: ['{where} đã bị thay đổi.', '{where} was changed.'],
  checkpoint_contradicted: [
    '{where} không khớp với nhật ký đang lưu (rẽ nhánh).',
    '{where} contradicts the stored log (a fork).',
  ],
  cosignature_damaged: ['Chữ ký của nhân chứng {where} không đúng.', 'The cosignature of {where} is wrong.'],
  time_stamp_damaged: [
    '{where} không đúng với điểm kiểm tra của nó.',
    '{where} is not right for its checkpoint.',
  ],
  archive_crowded: [
    'Kho lưu có quá nhiều điểm kiểm tra lạ: {where}.',
    'Too many archived checkpoints: {where}.',
  ],
} as const satisfies Record<string, readonly [vi: string, en: string]>;

export function finding(code: FindingCode, where: string): Finding {
  const [vi, en] = sentences[code];
  return {
    code: `evidence.${code}`,
    where,
    vi: vi.replace('{where}', where),
    en: en.replace('{where}', where),
  };
}
