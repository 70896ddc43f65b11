import { defineRefusals } from '#foundation/refusal';

/** Why a backup is not made, or not restored; each is shown on the terminal of the person who asked for it. */
export const refuse = defineRefusals('backup', {
  database_elsewhere: {
    kind: 'conflict',
    vi: 'Cơ sở dữ liệu của {folder} là PostgreSQL riêng; lệnh này chỉ sao lưu PostgreSQL nhúng. Hãy dùng pg_basebackup theo docs/operations/backup-and-restore.md.',
    en: 'The database of {folder} is a PostgreSQL of its own; this command backs up the embedded one only. Use pg_basebackup as docs/operations/backup-and-restore.md says.',
    who: 'operator',
    next: 'Follow "An external PostgreSQL" in docs/operations/backup-and-restore.md.',
  },
  nothing_there: {
    kind: 'not_found',
    vi: 'Thư mục {folder} chưa có cơ sở dữ liệu nhúng để sao lưu.',
    en: 'The folder {folder} has no embedded database to back up.',
    who: 'operator',
    next: 'Name the data folder of the server with --data.',
  },
  target_inside: {
    kind: 'invalid',
    vi: 'Nơi sao lưu {target} nằm trong chính thư mục dữ liệu {folder}. Hãy chọn nơi khác, tốt nhất là ổ đĩa khác.',
    en: 'The backup would go to {target}, inside the data folder {folder} itself. Choose another place, best on another disk.',
    who: 'operator',
    next: 'Name a folder outside of the data folder.',
  },
  target_taken: {
    kind: 'conflict',
    vi: 'Đã có {target}; không ghi đè.',
    en: '{target} is there already and is not overwritten.',
    who: 'operator',
    next: 'Choose a name that does not exist, or move what is there aside.',
  },
  no_room: {
    kind: 'unavailable',
    vi: 'Ổ đĩa của {target} còn trống {free}, cần {needed}.',
    en: 'The disk of {target} has {free} free, {needed} are needed.',
    who: 'operator',
    next: 'Make room there, for example by removing the oldest backups, or choose another disk.',
  },
  incomplete: {
    kind: 'invalid',
    vi: '{folder} không phải là bản sao lưu hoàn chỉnh: {detail}.',
    en: '{folder} is not a complete backup: {detail}.',
    who: 'operator',
    next: 'Take another backup; a folder without manifest.json was never finished.',
  },
  damaged: {
    kind: 'invalid',
    vi: 'Tệp {path} trong bản sao lưu không còn như khi được ghi. Chưa khôi phục gì.',
    en: 'The file {path} of the backup is not as it was written. Nothing was restored.',
    who: 'operator',
    next: 'Take another copy of this backup, or an older backup; `sha256sum -c SHA256SUMS` in its folder names every damaged file.',
  },
  keys_missing: {
    kind: 'conflict',
    vi: 'Bản sao lưu này không chứa khóa; thiếu khóa thì không đọc được gì. Hãy chỉ nơi cất DIR/keys bằng --keys.',
    en: 'This backup holds no keys, and without them nothing can be read. Name the copy of DIR/keys with --keys.',
    who: 'operator',
    next: 'Fetch the copy of DIR/keys that was made after `lienthong init`, and name it with --keys.',
  },
  version_differs: {
    kind: 'conflict',
    vi: 'Bản sao lưu thuộc PostgreSQL {found}, chương trình này có PostgreSQL {expected}. Hãy khôi phục bằng bản chương trình {program}.',
    en: 'The backup is of PostgreSQL {found}, this program brings PostgreSQL {expected}. Restore it with program version {program}.',
    who: 'operator',
    next: 'Restore with the program version that made the backup, then move the data as docs/operations/upgrade.md says.',
  },
  does_not_open: {
    kind: 'invalid',
    vi: 'Cơ sở dữ liệu của bản sao lưu không mở được ({reason}).',
    en: 'The database of the backup does not open ({reason}).',
    who: 'operator',
    next: 'Nothing was left behind. Use an older backup, and keep this one for those who look into it.',
  },
  checkpoint_unknown: {
    kind: 'invalid',
    vi: 'Trong {path} không có điểm kiểm tra nào do khóa nhật ký của {origin} ký.',
    en: 'There is no checkpoint in {path} that a log key of {origin} signed.',
    who: 'operator',
    next: 'Name the checkpoints folder of the lost installation, or a file with its newest checkpoint.',
  },
});
