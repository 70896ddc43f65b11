import { defineRefusals } from '#foundation/refusal';

/** Why a PostgreSQL is not one to start on. */
export const refuse = defineRefusals('database', {
  unreachable: {
    kind: 'unavailable',
    vi: 'Không kết nối được PostgreSQL ở {host} ({reason}). Hãy kiểm tra DATABASE_URL và máy chủ cơ sở dữ liệu.',
    en: 'PostgreSQL at {host} cannot be reached ({reason}). Check DATABASE_URL and the database server.',
    who: 'operator',
    next: 'Check address, login and password in DATABASE_URL, and that PostgreSQL accepts connections from here.',
  },
  too_old: {
    kind: 'conflict',
    vi: 'PostgreSQL {version} đã cũ: cần phiên bản 15 trở lên.',
    en: 'PostgreSQL {version} is too old: version 15 or later is needed.',
    who: 'operator',
    next: 'Upgrade PostgreSQL.',
  },
  newer: {
    kind: 'conflict',
    vi: 'Cơ sở dữ liệu đã được một bản chương trình mới hơn nâng cấp ({migrations}). Hãy chạy bản mới đó; không hạ cấp được.',
    en: 'A newer version of the program has migrated this database ({migrations}). Run that version; there is no way back down.',
    who: 'operator',
    next: 'Install the newer version again, or restore the backup that was taken before the upgrade with the older one.',
  },
  not_durable: {
    kind: 'conflict',
    vi: 'PostgreSQL đang tắt {settings}: khi mất điện, văn bản đã nhận có thể mất. Hãy bật lại rồi khởi động.',
    en: 'PostgreSQL has {settings} switched off: accepted documents could be lost in a power cut. Switch it on and start again.',
    who: 'operator',
    next: 'Set fsync, full_page_writes and synchronous_commit to on, for the server, the database and the login.',
  },
});
