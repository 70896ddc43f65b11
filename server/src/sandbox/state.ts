/**
 * The small state of the sandbox. Offices of the central level bear their real names and codes; the province, its
 * departments and communes, the Party office and the enterprise are fictional.
 */
export interface SandboxAgency {
  readonly name: string;
  readonly level: 1 | 2 | 3 | 4;
  readonly code: string;
  readonly oldCode: string | null;
  readonly parentCode: string | null;
  readonly systemId: string;
}

export const sandboxAxis = {
  code: '00.00.W00',
  name: 'Trục liên thông văn bản (chạy thử)',
} as const;

export const sandboxAgencies: readonly SandboxAgency[] = [
  agency('G22', 'Văn phòng Chính phủ', 'vpcp.qlvb'),
  agency('G12', 'Bộ Tài chính', 'btc.qlvb'),
  agency('G10', 'Bộ Nông nghiệp và Môi trường', 'bnnmt.qlvb'),
  agency('A64', 'Văn phòng Tỉnh ủy Bắc Lâm', 'vptu-baclam.qlvb'),
  agency('H64', 'Ủy ban nhân dân tỉnh Bắc Lâm', 'ubnd-baclam.qlvb'),
  agency('H64.02', 'Sở Tài chính tỉnh Bắc Lâm', 'stc-baclam.qlvb', {
    parentCode: 'H64',
    oldCode: '000.00.02.H64',
  }),
  agency('H64.05', 'Sở Nông nghiệp và Môi trường tỉnh Bắc Lâm', 'snnmt-baclam.qlvb', {
    parentCode: 'H64',
    oldCode: '000.00.05.H64',
  }),
  agency('H64.31', 'Ủy ban nhân dân xã Minh Sơn, tỉnh Bắc Lâm', 'xa-minhson.qlvb', {
    parentCode: 'H64',
    oldCode: '000.00.31.H64',
  }),
  agency('H64.32', 'Ủy ban nhân dân phường Đông Hòa, tỉnh Bắc Lâm', 'phuong-donghoa.qlvb', {
    parentCode: 'H64',
    oldCode: null,
  }),
  // An enterprise is known by its registration number, which on the axis has the prefix 02 (Decision 20/2020 Art. 5).
  agency('020000000001', 'Tổng công ty Điện lực Bắc Lâm', 'dienluc-baclam.qlvb', { oldCode: null }),
];

function agency(
  code: string,
  name: string,
  systemId: string,
  {
    parentCode = null,
    oldCode = `000.00.00.${code}`,
  }: { parentCode?: string | null; oldCode?: string | null } = {},
): SandboxAgency {
  return { name, level: parentCode === null ? 1 : 2, code, oldCode, parentCode, systemId };
}
