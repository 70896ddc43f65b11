import type { Backup } from '../../backup/back-up.ts';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import { asFailure } from '../backup-failure.ts';
import { programVersion } from '../program-version.ts';
import { countBytes } from '../terminal/count-bytes.ts';

export const upgrade = defineCommand({
  name: 'upgrade',
  summary: {
    vi: 'Sao lưu, rồi nâng cấp lược đồ cơ sở dữ liệu lên bản chương trình này',
    en: 'Back up, then migrate the database to this version of the program',
  },
  operands: [],
  options: {
    'backup-into': {
      type: 'string',
      placeholder: 'FOLDER',
      help: { vi: 'Nơi chứa các bản sao lưu', en: 'Where the backups are' },
    },
    'without-backup': {
      type: 'boolean',
      help: {
        vi: 'Không sao lưu (đã có bản sao, hoặc PostgreSQL riêng)',
        en: 'No backup (there is one, or PostgreSQL is your own)',
      },
    },
  },
  details: {
    vi: 'Dừng máy chủ trước. Mọi bước nằm trong một giao dịch: hoặc lên bản mới trọn vẹn, hoặc cơ sở dữ liệu còn nguyên như cũ. Không hạ cấp.\nnpm start cũng tự nâng cấp; lệnh này để sao lưu trước và biết kết quả trước khi phục vụ.',
    en: 'Stop the server first. All steps are one transaction: the new version as a whole, or the database as it was. There is no way down.\nnpm start migrates too; this command takes the backup first and tells the outcome before anybody is served.',
  },
  examples: ['lienthong upgrade --backup-into /mnt/sao-luu --data /srv/lienthong'],
  async run({ options, context }) {
    const into = options['backup-into'];
    if ((into === undefined) === !options['without-backup']) throw undecided;
    const made = into === undefined ? undefined : await takeBackup(into, context);
    const applied = await migrateNow(context);
    const { terminal } = context;
    terminal.json({ applied, backup: made?.folder ?? null });
    if (made)
      terminal.line(terminal.say({ vi: `Bản sao lưu: ${made.folder}`, en: `Backup: ${made.folder}` }));
    for (const name of applied) terminal.line(`${terminal.style('green', '✓')} ${name}`);
    terminal.line(
      applied.length > 0
        ? terminal.say({ vi: 'Đã nâng cấp. Khởi động: npm start', en: 'Migrated. Start: npm start' })
        : terminal.say({ vi: 'Cơ sở dữ liệu đã ở bản này.', en: 'The database is of this version already.' }),
    );
    return exitCodes.ok;
  },
});

const undecided = misused({
  vi: 'Hãy chọn đúng một: --backup-into FOLDER, hoặc --without-backup.',
  en: 'Choose exactly one of --backup-into FOLDER and --without-backup.',
});

async function takeBackup(into: string, context: Context): Promise<Backup> {
  const { terminal, dataFolder, signal } = context;
  const { backUp } = await import('../../backup/back-up.ts');
  using copied = countBytes(terminal, { vi: 'Đang sao lưu', en: 'Backing up' });
  return backUp({
    dataFolder,
    into,
    withKeys: false,
    program: await programVersion(),
    now: context.now(),
    signal,
    onProgress: ({ bytes, totalBytes }) => copied.advance(bytes, totalBytes),
    onNotice: (text) => terminal.note(text),
  }).catch((error: unknown) => {
    throw asFailure(error);
  });
}

async function migrateNow({ dataFolder, environment, terminal }: Context): Promise<string[]> {
  const [{ openDatabase }, { grantRoles, migrate }, { migrations }] = await Promise.all([
    import('../doctor/open-database.ts'),
    import('#foundation/db'),
    import('../../migrations.ts'),
  ]);
  const onNotice = (text: string): void => terminal.note(text);
  await using place = await openDatabase({ dataFolder, environment, onNotice, mayMake: false });
  // Its server is the former version, and would go on with tables that it does not know.
  if (place.kind === 'running') throw stillRunning;
  const applied = await migrate(place.ownerUrl, migrations);
  await grantRoles(place.ownerUrl, decodeURIComponent(new URL(place.url).username));
  return applied;
}

const stillRunning = misused({
  vi: 'Máy chủ đang chạy. Hãy dừng máy chủ rồi nâng cấp.',
  en: 'The server is running. Stop it, then upgrade.',
});
