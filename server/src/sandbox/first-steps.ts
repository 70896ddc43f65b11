/** What to type first. The terminal prints it and the start page shows it: one source, so that both stay true. */
import { resolve } from 'node:path';

export interface Step {
  readonly vi: string;
  readonly en: string;
  readonly command: string;
}

/** The commands find the sandbox by its data folder, which has to be named where it is not the usual one. */
export function firstStepsIn(dataFolder: string): Step[] {
  const option = dataFolder === resolve('.data') ? '' : ` --data ${dataFolder}`;
  return firstSteps.map((step) => ({
    ...step,
    command: step.command
      .split(' && ')
      .map((command) => command + option)
      .join(' && '),
  }));
}

const firstSteps: readonly Step[] = [
  {
    vi: 'Xã Minh Sơn gửi một công văn lên Bộ và lưu biên nhận',
    en: 'Minh Sơn commune sends a letter to the ministry and keeps the receipt',
    command: 'npx lienthong send examples/cong-van.edxml --as H64.31 --receipt bien-nhan.txt',
  },
  {
    vi: 'Kiểm chứng biên nhận, không cần mạng',
    en: 'Verify the receipt, offline',
    command: 'npx lienthong verify bien-nhan.txt',
  },
  { vi: 'Bộ xem hộp thư', en: 'The ministry looks into its inbox', command: 'npx lienthong inbox --as G10' },
  {
    vi: 'Bộ lấy văn bản về và xác nhận đã lưu',
    en: 'The ministry fetches the document and confirms that it is stored',
    command: 'npx lienthong get ID --as G10 && npx lienthong mark ID done --as G10',
  },
  {
    vi: 'Bộ báo đã tiếp nhận',
    en: 'The ministry reports that it was registered',
    command: 'npx lienthong reply ID 03 --as G10',
  },
  {
    vi: 'Xã xem văn bản đang ở đâu',
    en: 'The commune sees where the document is',
    command: 'npx lienthong status SENT-ID --as H64.31',
  },
];

export interface Place {
  readonly vi: string;
  readonly en: string;
  readonly path: string;
  /** What a browser can open; the others answer to clients and operators. */
  readonly isPage?: true;
}

export const places: readonly Place[] = [
  { vi: 'Giao thức VXP cho phần mềm đang dùng', en: 'VXP protocol for existing software', path: '/vxp' },
  {
    vi: 'Giao thức LGSP cho phần mềm của tỉnh',
    en: 'LGSP protocol for software of provinces',
    path: '/lgsp/v1',
  },
  {
    vi: 'API cho phần mềm viết mới, kèm mô tả để xem',
    en: 'API for new software, to browse',
    path: '/api/docs',
    isPage: true,
  },
  { vi: 'Danh mục cơ quan (quản trị)', en: 'Directory (administration)', path: '/api/directory' },
  { vi: 'Báo cáo, thống kê (quản trị)', en: 'Reports (administration)', path: '/api/reports' },
  {
    vi: 'Điểm kiểm tra của nhật ký bằng chứng',
    en: 'Checkpoint of the evidence log',
    path: '/log/checkpoint',
    isPage: true,
  },
  {
    vi: 'Tệp tin cậy để kiểm chứng biên nhận',
    en: 'Trust file for verifying receipts',
    path: '/trust.json',
    isPage: true,
  },
  { vi: 'Sẵn sàng phục vụ', en: 'Ready to serve', path: '/readyz', isPage: true },
  { vi: 'Số đo vận hành', en: 'Metrics', path: '/metrics', isPage: true },
];
