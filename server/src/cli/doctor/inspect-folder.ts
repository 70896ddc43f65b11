/** The data folder: there, closed to others, with room left; and database folders that no data folder points to. */
import { access, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedFolder } from '#foundation/db/embedded';
import { saySize } from '../words.ts';
import type { Finding } from './finding.ts';
import { attention, fine, wrong } from './finding.ts';

/** Files that open everything: nobody but their owner may read them. */
const secretFiles = [
  'keys/master.key',
  'keys/receipt.key',
  'keys/log.key',
  'keys/root.key',
  'keys/postgresql.json',
  'sandbox.json',
];

export async function inspectFolder(dataFolder: string): Promise<Finding[]> {
  const found = await stat(dataFolder).catch(() => undefined);
  if (!found?.isDirectory()) {
    return [
      wrong(
        'folder',
        { vi: `Không có thư mục dữ liệu ${dataFolder}.`, en: `There is no data folder ${dataFolder}.` },
        {
          vi: 'Chỉ đúng thư mục bằng --data, hoặc khởi động một lần.',
          en: 'Name it with --data, or start the server once.',
        },
      ),
    ];
  }
  return [
    fine('folder', { vi: `Thư mục dữ liệu ${dataFolder}`, en: `Data folder ${dataFolder}` }),
    ...(await inspectSecrets(dataFolder)),
    await inspectRoom(dataFolder),
    ...(await inspectOrphans(dataFolder)),
  ];
}

async function inspectSecrets(dataFolder: string): Promise<Finding[]> {
  const open: Finding[] = [];
  let seen = 0;
  for (const file of secretFiles) {
    const path = join(dataFolder, file);
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    seen += 1;
    if ((found.mode & 0o077) === 0) continue;
    open.push(
      wrong(
        'secrets',
        { vi: `Người khác đọc được ${path}.`, en: `${path} can be read by others.` },
        {
          vi: `chmod 600 ${path}, rồi thay khóa đó nếu máy có nhiều người dùng.`,
          en: `chmod 600 ${path}; replace the key or secret where others use this machine.`,
        },
      ),
    );
  }
  return open.length > 0
    ? open
    : [
        fine('secrets', {
          vi: `Khóa: ${seen} tệp, chỉ chủ sở hữu đọc được`,
          en: `Keys and secrets: ${seen} files, closed to others`,
        }),
      ];
}

// PostgreSQL, a day of letters and the write-ahead log; the blob store keeps its own reserve and refuses below it.
const roomWantedBytes = 2_000_000_000;

async function inspectRoom(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const text = { vi: `Đĩa còn trống ${saySize(freeBytes)}`, en: `${saySize(freeBytes)} of disk are free` };
  if (freeBytes >= roomWantedBytes) return fine('disk', text);
  return attention('disk', text, {
    vi: 'Khi gần đầy, trục từ chối văn bản mới để giữ chỗ cho cơ sở dữ liệu. Hãy thêm đĩa.',
    en: 'Near the end the axis refuses new documents to keep room for the database. Add space.',
  });
}

/**
 * For root the database lies outside the data folder, so that deleting the data folder leaves it behind. Which data
 * folder a stranger belongs to cannot be told from here: those that do not run are named, never touched.
 */
async function inspectOrphans(dataFolder: string): Promise<Finding[]> {
  const ours = (await readFile(join(dataFolder, 'instance'), 'utf8').catch(() => '')).trim();
  const names = await readdir(sharedFolder).catch(() => []);
  const others = names.filter((name) => /^[0-9a-f-]{36}$/.test(name) && name !== ours);
  const idle: string[] = [];
  for (const name of others) if (!(await isInUse(join(sharedFolder, name)))) idle.push(name);
  if (idle.length === 0) return [];
  return [
    attention(
      'orphans',
      {
        vi: `Trong ${sharedFolder} có ${idle.length} cơ sở dữ liệu không chạy, của thư mục dữ liệu khác: ${idle.join(', ')}`,
        en: `In ${sharedFolder} are ${idle.length} databases that do not run, of other data folders: ${idle.join(', ')}`,
      },
      {
        vi: 'Mã nào không còn nằm trong tệp "instance" của thư mục dữ liệu nào thì có thể xóa thư mục mang mã đó.',
        en: 'Where no data folder has a file "instance" with that id any more, the folder of that name can be deleted.',
      },
    ),
  ];
}

/** PostgreSQL keeps this file while it runs. A folder that cannot be looked into is somebody else's, and in use. */
async function isInUse(home: string): Promise<boolean> {
  return access(join(home, 'cluster', 'postmaster.pid')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
