/** The clock of this machine against the database's, whose time is the one that every fact bears. */
import { Client } from 'pg';
import type { Finding } from './finding.ts';
import { attention, fine } from './finding.ts';

/** Signed requests and tokens of other systems are judged with some minutes of patience; this is well within. */
const apartAtMostSeconds = 5;

export async function inspectClock(url: string, now: () => Temporal.Instant): Promise<Finding> {
  const client = new Client({ connectionString: url, application_name: 'lienthong/doctor' });
  await client.connect();
  try {
    const before = now();
    const { rows } = await client.query<{ micros: number }>(
      `select (extract(epoch from clock_timestamp()) * 1000000)::float8 as micros`,
    );
    const after = now();
    const theirsMillis = rows[0]!.micros / 1_000;
    // As far apart as they are at least, whenever between the two the answer was made.
    const apartMillis = Math.max(
      before.epochMilliseconds - theirsMillis,
      theirsMillis - after.epochMilliseconds,
      0,
    );
    const seconds = Math.round(apartMillis / 1_000);
    if (seconds <= apartAtMostSeconds) {
      return fine('clock', {
        vi: 'Đồng hồ máy này khớp với cơ sở dữ liệu',
        en: 'The clock of this machine agrees with the database',
      });
    }
    return attention(
      'clock',
      {
        vi: `Đồng hồ máy này lệch ${seconds} giây so với cơ sở dữ liệu.`,
        en: `The clock of this machine is ${seconds} seconds apart from the database's.`,
      },
      {
        vi: 'Bật đồng bộ giờ (chrony hoặc systemd-timesyncd) trên cả hai máy.',
        en: 'Synchronise both machines (chrony or systemd-timesyncd).',
      },
    );
  } finally {
    await client.end();
  }
}
