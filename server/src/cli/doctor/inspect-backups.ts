/** How old the newest backup of the embedded database is; an external one is backed up by other means than ours. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { attention, fine } from './finding.ts';
import type { OpenedDatabase } from './open-database.ts';

/** Nightly, with half a day for a night that failed and is being looked after. */
const oldAfterHours = 36;

export async function inspectBackups(
  dataFolder: string,
  { database, now }: { readonly database: OpenedDatabase; readonly now: Temporal.Instant },
): Promise<Finding[]> {
  // A sandbox holds nothing that anybody would miss.
  const purpose = await readFile(join(dataFolder, 'purpose'), 'utf8').catch(() => '');
  if (database.kind === 'external' || purpose.trim() !== 'production') return [];
  const last = await readLast(join(dataFolder, 'last-backup.json'));
  if (!last) {
    return [attention('backup', { vi: 'Chưa có bản sao lưu nào.', en: 'There is no backup yet.' }, takeOne)];
  }
  const ageHours = Math.floor(now.since(last.madeAt).total('hours'));
  const text = {
    vi: `Bản sao lưu mới nhất: ${ageHours} giờ trước, ${last.folder}`,
    en: `Newest backup: ${ageHours} hours ago, ${last.folder}`,
  };
  if (!(await isThere(join(last.folder, 'manifest.json')))) {
    return [
      attention('backup', { vi: `${text.vi}; không còn ở đó`, en: `${text.en}; it is not there` }, takeOne),
    ];
  }
  return [ageHours > oldAfterHours ? attention('backup', text, takeOne) : fine('backup', text)];
}

async function readLast(path: string): Promise<{ madeAt: Temporal.Instant; folder: string } | undefined> {
  try {
    const { madeAt, folder } = JSON.parse(await readFile(path, 'utf8')) as Record<
      'madeAt' | 'folder',
      string
    >;
    return { madeAt: Temporal.Instant.from(madeAt), folder };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${path}`, { cause: error });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const takeOne = {
  vi: 'Sao lưu hằng đêm: npx lienthong backup NƠI_CHỨA (ổ đĩa khác hoặc máy khác)',
  en: 'Every night: npx lienthong backup FOLDER (on another disk or machine)',
};
