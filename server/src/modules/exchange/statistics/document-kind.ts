/**
 * The kind of a document as statistics count it. Senders write the name of the type freely; counted are the kinds that
 * the law knows (Decree 30/2020 Art. 7; legal normative documents), and everything else together, so that no sender can
 * make rows without end.
 */
export const otherKind = 'Khác';

const kinds = [
  'Bộ luật',
  'Luật',
  'Pháp lệnh',
  'Lệnh',
  'Nghị quyết',
  'Nghị quyết liên tịch',
  'Nghị định',
  'Quyết định',
  'Thông tư',
  'Thông tư liên tịch',
  'Chỉ thị',
  'Quy chế',
  'Quy định',
  'Thông cáo',
  'Thông báo',
  'Hướng dẫn',
  'Chương trình',
  'Kế hoạch',
  'Phương án',
  'Đề án',
  'Dự án',
  'Báo cáo',
  'Biên bản',
  'Tờ trình',
  'Hợp đồng',
  'Công văn',
  'Công điện',
  'Bản ghi nhớ',
  'Bản thỏa thuận',
  'Giấy ủy quyền',
  'Giấy mời',
  'Giấy giới thiệu',
  'Giấy nghỉ phép',
  'Phiếu gửi',
  'Phiếu chuyển',
  'Phiếu báo',
  'Thư công',
] as const;

const byFoldedName = new Map<string, string>(kinds.map((kind) => [fold(kind), kind]));

export function documentKindOf(typeName: string | null): string {
  return byFoldedName.get(fold(typeName ?? '')) ?? otherKind;
}

/** Without case, doubled blanks, a note in brackets ("Nghị quyết (cá biệt)"), or the older places of tone marks. */
function fold(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/\(.*\)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('oả', 'ỏa')
    .replaceAll('uỷ', 'ủy');
}
