/** A small directory for tests: the axis itself, a ministry with a department, a province with a commune. */
import { addOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { readEntries, type Actor, type StoredEntry } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export const operator: Actor = { method: 'operator', credential: 'tester' };

export async function addSmallState(platform: Platform): Promise<void> {
  const add = (
    code: string,
    name: string,
    more: { parentCode?: string; oldCode?: string; kind?: 'axis' } = {},
  ) => addOrganisation(platform, { code, name, ...more }, operator);
  await add('00.01.W00', 'Trục liên thông văn bản', { kind: 'axis' });
  await add('G12', 'Bộ Tài chính', { oldCode: '000.00.00.G12' });
  await add('G12.18', 'Tổng cục Thuế', { parentCode: 'G12', oldCode: '000.00.18.G12' });
  await add('H37', 'Ủy ban nhân dân tỉnh Lạng Sơn');
  await add('H37.02', 'Sở Khoa học và Công nghệ', { parentCode: 'H37' });
  await add('H37.30', 'Ủy ban nhân dân xã Đồng Đăng', { parentCode: 'H37' });
}

/** What the log holds about a subject, as its own organisation reads it: kind, claims and detail. */
export async function readFacts(
  platform: Platform,
  organisationId: OrganisationId,
  subjectId: string = organisationId,
): Promise<StoredEntry[]> {
  return inTransaction(platform.database.app, { organisations: [organisationId] }, (tx) =>
    readEntries(tx, { organisationId, subjectId }),
  );
}

/** An import file of the size and look of the national directory; children before their parents. */
export function nationalDirectory(size: number): string {
  const kinds = ['Sở', 'Phòng', 'Chi cục', 'Trung tâm', 'Ban quản lý', 'Trường THPT', 'Ủy ban nhân dân xã'];
  const fields = [
    'Tài chính',
    'Nội vụ',
    'Khoa học và Công nghệ',
    'Đầu tư - Xây dựng',
    'Giáo dục',
    'Y tế',
    'Tư pháp',
  ];
  const places = [
    'Đồng Đăng',
    'Hòa Thành',
    'Gò Dầu',
    'Trảng Bàng',
    'Tân Biên',
    'Bến Cầu',
    'Châu Thành',
    'Mường Lát',
  ];
  const rows = [];
  for (let number = 0; number < size; number++) {
    const [province, department] = [number % 100, Math.floor(number / 100) % 60];
    const unit = Math.floor(number / 6_000);
    const isProvince = number < 100;
    const isDepartment = !isProvince && unit === 0;
    const top = `Z${pad(province, 2)}`;
    const middle = `${top}.${pad(department, 2)}`;
    const code = isProvince ? top : isDepartment ? middle : `${middle}.${pad(unit, 3)}`;
    const oldCode = `${isProvince || isDepartment ? '000' : pad(unit, 3)}.00.${pad(isProvince ? 0 : department, 2)}.${top}`;
    const parentCode = isProvince ? '' : isDepartment ? top : unit > 0 && department > 0 ? middle : top;
    const level = isProvince ? 1 : isDepartment ? 2 : 3;
    const name = `${kinds[number % kinds.length]} ${fields[(number >> 3) % fields.length]} ${places[(number >> 5) % places.length]} số ${number}`;
    rows.push([code, oldCode, name, level, parentCode, `vt${number}@example.vn`].join('\t'));
  }
  return `${['code\told_code\tname\tlevel\tparent_code\temail', ...rows.reverse()].join('\n')}\n`;
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
