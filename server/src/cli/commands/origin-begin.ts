import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';

export const originBegin = defineCommand({
  name: 'origin begin',
  summary: {
    vi: 'Sau evidence.fork, khi phần cuối đã mất hẳn: nhật ký tiếp tục dưới tên mới',
    en: 'After evidence.fork, when the tail is lost for good: the log goes on under a new name',
  },
  operands: [
    {
      name: 'NAME',
      help: {
        vi: 'Tên mới của nhật ký, ví dụ truc.example.gov.vn/axis-2026',
        en: 'The new name of the log, e.g. truc.example.gov.vn/axis-2026',
      },
    },
  ],
  options: {},
  details: {
    vi: 'Dừng mọi máy chủ trước; cần root.key trong DIR/keys. Mục đầu tiên dưới tên mới ghi điểm kiểm tra cuối của tên cũ; trust.json mang cả hai tên. Sau đó đặt LIENTHONG_ORIGIN=NAME rồi khởi động.\nChỉ làm khi không thể khôi phục phần đã mất (restore --wal): xem docs/operations/backup-and-restore.md.',
    en: 'Stop every server first; root.key has to be in DIR/keys. The first entry under the new name states the last checkpoint of the former one; trust.json then has both. Afterwards set LIENTHONG_ORIGIN=NAME and start.\nOnly where what was lost cannot be recovered (restore --wal): see docs/operations/backup-and-restore.md.',
  },
  examples: ['lienthong origin begin truc.example.gov.vn/axis-2026 --data /srv/lienthong'],
  async run({ operands: { NAME: origin }, context }) {
    const dataFolder = resolve(context.dataFolder);
    const { environment, terminal } = context;
    const [{ loadConfig }, { openDatabase }, { connect }, { openArchive }, { adoptOrigin }] =
      await Promise.all([
        import('../../config.ts'),
        import('../doctor/open-database.ts'),
        import('#foundation/db'),
        import('../../archive.ts'),
        import('../../new-origin.ts'),
      ]);
    // The new name is checked as the server will check it.
    const config = await loadConfig({
      argv: ['--production', '--data', dataFolder],
      env: { ...environment, LIENTHONG_ORIGIN: origin },
    });
    await using place = await openDatabase({
      dataFolder,
      environment,
      onNotice: (text) => terminal.note(text),
      mayMake: false,
    });
    if (place.kind === 'running') throw stillRunning;
    const database = connect({ url: place.url, appConnections: 2 });
    try {
      const archive = openArchive(config);
      const begun = await adoptOrigin({ config, database, archive, origin, issuedAt: context.now() });
      terminal.json({ origin, ...begun });
      const { formerOrigin, lastSize, keptSize, fromSize } = begun;
      terminal.line(
        `${terminal.style('green', '✓')} ${terminal.say({
          vi: `Nhật ký ${formerOrigin} (đã ký đến ${lastSize}, còn giữ ${keptSize} mục) tiếp tục dưới tên ${origin} từ kích thước ${fromSize}.`,
          en: `The log ${formerOrigin} (signed up to ${lastSize}, ${keptSize} entries are left) goes on as ${origin} from size ${fromSize}.`,
        })}`,
      );
      terminal.line(
        terminal.say({
          vi: `Đặt LIENTHONG_ORIGIN=${origin}, cất root.key, khởi động, rồi công bố trust.json mới và điểm kiểm tra cuối của tên cũ.`,
          en: `Set LIENTHONG_ORIGIN=${origin}, take root.key away, start, then publish the new trust.json and the former name's last checkpoint.`,
        }),
      );
      return exitCodes.ok;
    } finally {
      await database.close();
    }
  },
});

const stillRunning = misused({
  vi: 'Máy chủ đang chạy. Hãy dừng máy chủ trước.',
  en: 'The server is running. Stop it first.',
});
