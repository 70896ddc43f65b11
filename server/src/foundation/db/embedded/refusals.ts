import { defineRefusals } from '#foundation/refusal';

/** Why an embedded PostgreSQL does not start; each is shown on the terminal of the person who started it. */
export const refuse = defineRefusals('embedded', {
  folder_in_use: {
    kind: 'conflict',
    vi: 'Thư mục dữ liệu {folder} đang được một máy chủ khác sử dụng (tiến trình {processId}). Hãy dừng máy chủ đó hoặc chọn thư mục khác bằng --data.',
    en: 'The data folder {folder} is in use by another server (process {processId}). Stop that one, or choose another folder with --data.',
    who: 'operator',
    next: 'Stop the other server, or start this one with `npm start -- --data OTHER --port OTHER`.',
  },
  platform_unsupported: {
    kind: 'unavailable',
    vi: 'Không có PostgreSQL nhúng cho {platform}. Hãy đặt DATABASE_URL trỏ tới một PostgreSQL từ phiên bản 15.',
    en: 'There is no embedded PostgreSQL for {platform}. Set DATABASE_URL to a PostgreSQL of version 15 or later.',
    who: 'operator',
    next: 'Set DATABASE_URL, or install again with optional dependencies (`npm ci --include=optional`).',
  },
  cluster_missing: {
    kind: 'conflict',
    vi: 'Thư mục dữ liệu {folder} thuộc về một cơ sở dữ liệu không còn ở {cluster}. Hãy khôi phục thư mục đó, hoặc xóa {folder} để bắt đầu lại từ đầu.',
    en: 'The data folder {folder} belongs to a database that is no longer at {cluster}. Restore that folder, or delete {folder} to start afresh.',
    who: 'operator',
    next: 'Restore the cluster from the backup of the same moment as the data folder, or delete the data folder.',
  },
  passwords_missing: {
    kind: 'conflict',
    vi: 'Thiếu tệp mật khẩu {file} của cơ sở dữ liệu {cluster}. Hãy khôi phục tệp đó từ bản sao lưu.',
    en: 'The password file {file} of the database at {cluster} is missing. Restore it from the backup.',
    who: 'operator',
    next: 'Restore the file; without it the database cannot be opened by this server.',
  },
  version_differs: {
    kind: 'conflict',
    vi: 'Cơ sở dữ liệu {cluster} thuộc PostgreSQL {found}, còn bản này có PostgreSQL {expected}. Hãy nâng cấp dữ liệu theo docs/operations/upgrade.md.',
    en: 'The database at {cluster} is of PostgreSQL {found}, and this release brings PostgreSQL {expected}. Upgrade it as docs/operations/upgrade.md says.',
    who: 'operator',
    next: 'Start the former release, and carry the data over as "Another major version of PostgreSQL" in docs/operations/upgrade.md says.',
  },
  account_unknown: {
    kind: 'unavailable',
    vi: 'Tài khoản số {uid} không có tên trong /etc/passwd nên PostgreSQL không khởi tạo được. Hãy thêm tài khoản, hoặc đặt DATABASE_URL.',
    en: 'The account with number {uid} has no name in /etc/passwd, so PostgreSQL cannot set itself up. Add the account, or set DATABASE_URL.',
    who: 'operator',
    next: 'In a container, run as an account of the image, as root, or with DATABASE_URL.',
  },
  started_by_root_before: {
    kind: 'forbidden',
    vi: 'Thư mục dữ liệu {folder} đã được khởi tạo bởi root, cơ sở dữ liệu ở {home}. Hãy khởi động bằng root hoặc chọn thư mục khác bằng --data.',
    en: 'The data folder {folder} was set up by root, with its database at {home}. Start as root, or choose another folder with --data.',
    who: 'operator',
    next: 'Start as the same user as the first time, or choose another data folder.',
  },
});
