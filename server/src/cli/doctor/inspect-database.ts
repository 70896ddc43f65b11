/** PostgreSQL: reachable, recent enough, and durable. */
import { inspectServer } from '#foundation/db';
import { Refusal } from '#foundation/refusal';
import type { Finding } from './finding.ts';
import { attention, fine, wrong } from './finding.ts';
import type { OpenedDatabase } from './open-database.ts';

const kinds = {
  external: { vi: 'PostgreSQL riêng (DATABASE_URL)', en: 'PostgreSQL of your own (DATABASE_URL)' },
  running: {
    vi: 'PostgreSQL nhúng, đang chạy cùng máy chủ',
    en: 'Embedded PostgreSQL, running with the server',
  },
  started: { vi: 'PostgreSQL nhúng, mở tạm để kiểm tra', en: 'Embedded PostgreSQL, started for this look' },
} as const;

export async function inspectDatabase(database: OpenedDatabase): Promise<Finding[]> {
  const kind = kinds[database.kind];
  try {
    await inspectServer(database.url, { mustBeDurable: true });
    return [
      fine('database', {
        vi: `${kind.vi}: kết nối tốt, ghi bền vững`,
        en: `${kind.en}: reachable, writes durably`,
      }),
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const text = { vi: error.sentence('vi'), en: error.sentence('en') };
    return [error.code === 'database.not_durable' ? attention('database', text) : wrong('database', text)];
  }
}
