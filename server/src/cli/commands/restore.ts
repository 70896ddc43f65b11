import { resolve } from 'node:path';
import type { Published } from '../../backup/compare-with-published.ts';
import type { Restored } from '../../backup/restore.ts';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { ExitCode } from '../failure.ts';
import { exitCodes, misused } from '../failure.ts';
import { asFailure } from '../backup-failure.ts';
import { countBytes } from '../terminal/count-bytes.ts';

export const restore = defineCommand({
  name: 'restore',
  summary: {
    vi: 'Khôi phục một bản sao lưu vào thư mục dữ liệu mới (--data)',
    en: 'Restore a backup into a new data folder (--data)',
  },
  operands: [{ name: 'BACKUP', help: { vi: 'Thư mục của bản sao lưu', en: 'The folder of the backup' } }],
  options: {
    keys: {
      type: 'string',
      placeholder: 'DIR',
      help: {
        vi: 'Nơi cất riêng DIR/keys, khi bản sao lưu không kèm khóa',
        en: 'Where DIR/keys is kept apart, for a backup without keys',
      },
    },
    checkpoints: {
      type: 'string',
      placeholder: 'PATH',
      help: {
        vi: 'Thư mục checkpoints của máy đã mất, hoặc tệp điểm kiểm tra mới nhất đã công bố',
        en: 'The checkpoints folder of the lost machine, or a file with the newest published checkpoint',
      },
    },
    'nothing-since': {
      type: 'boolean',
      help: {
        vi: 'Khẳng định: từ lúc sao lưu, máy chủ không nhận và không ký thêm gì',
        en: 'You state that the server accepted and signed nothing after the backup',
      },
    },
    wal: {
      type: 'string',
      placeholder: 'DIR',
      help: {
        vi: 'Nhật ký ghi trước (pg_wal) còn giữ được: phục hồi cả phần sau lúc sao lưu',
        en: 'A surviving write-ahead log (pg_wal): recovers also what came after the backup',
      },
    },
    blobs: {
      type: 'string',
      placeholder: 'DIR',
      help: {
        vi: 'Thư mục blobs còn giữ được của máy cũ, đi cùng --wal',
        en: 'The surviving blobs folder of the old machine, together with --wal',
      },
    },
  },
  details: {
    vi: 'Kiểm tra từng tệp, mở cơ sở dữ liệu, nâng cấp lược đồ, rồi mới đặt tên thư mục. Phải chọn --checkpoints hoặc --nothing-since: nhật ký bằng chứng không được có hai lịch sử.\nMã thoát 3 nếu nhật ký đã ký đi xa hơn bản sao lưu (evidence.fork); 4 nếu bản sao lưu hỏng.',
    en: 'Checks every file, opens the database, migrates it, and only then gives the folder its name. Choose --checkpoints or --nothing-since: the evidence log must not have two histories.\nExit code 3 where more was signed than the backup has (evidence.fork); 4 where the backup is damaged.',
  },
  examples: [
    'lienthong restore /mnt/sao-luu/20261121T230000Z --data /srv/lienthong --keys /media/khoa --checkpoints /mnt/cu/checkpoints',
  ],
  async run({ options, operands, context }) {
    const published = parsePublished(options.checkpoints, options['nothing-since']);
    const [{ restore: restoreBackup }, { migrations }, { readVariables }] = await Promise.all([
      import('../../backup/restore.ts'),
      import('../../migrations.ts'),
      import('../../config-source.ts'),
    ]);
    const { terminal, dataFolder, signal } = context;
    const { LIENTHONG_MASTER_KEY } = await readVariables(context.environment, []);
    using copied = countBytes(terminal, { vi: 'Đang khôi phục', en: 'Restoring' });
    const restored = await restoreBackup({
      backup: operands.BACKUP,
      dataFolder,
      keys: options.keys,
      hasKeysElsewhere: LIENTHONG_MASTER_KEY !== undefined,
      wal: options.wal,
      blobs: options.blobs,
      published,
      migrations,
      signal,
      onProgress: ({ bytes, totalBytes }) => copied.advance(bytes, totalBytes),
      onNotice: (text) => terminal.note(text),
    }).catch((error: unknown) => {
      throw asFailure(error);
    });
    return show(restored, context);
  },
});

function parsePublished(checkpoints: string | undefined, isNothingSince: boolean): Published {
  if (checkpoints !== undefined && !isNothingSince) return { checkpoints };
  if (checkpoints === undefined && isNothingSince) return 'nothing since';
  throw misused(
    {
      vi: 'Hãy chọn đúng một: --checkpoints PATH, hoặc --nothing-since.',
      en: 'Choose exactly one of --checkpoints PATH and --nothing-since.',
    },
    {
      remedy: {
        vi: 'Nếu sau lúc sao lưu máy chủ còn chạy: lấy thư mục checkpoints của máy cũ, hoặc điểm kiểm tra mới nhất từ nhân chứng hay hệ thống đã tải /log/checkpoint.',
        en: 'If the server ran after the backup: take the checkpoints folder of the old machine, or the newest checkpoint from a witness or from a system that fetched /log/checkpoint.',
      },
    },
  );
}

function show({ manifest, migrated, log }: Restored, { terminal, dataFolder }: Context): ExitCode {
  const folder = resolve(dataFolder);
  terminal.json({
    folder,
    madeAt: manifest.madeAt,
    fileCount: manifest.fileCount,
    migrated,
    logSize: log.size,
    signedBeyond: log.signedBeyond ?? null,
  });
  terminal.line(
    `${terminal.style('green', '✓')} ${terminal.say({
      vi: `Đã khôi phục vào ${folder}: ${manifest.fileCount} tệp, tất cả còn nguyên; nhật ký ${log.size} mục`,
      en: `Restored into ${folder}: ${manifest.fileCount} files, all of them whole; log of ${log.size} entries`,
    })}`,
  );
  if (migrated.length > 0) {
    terminal.line(
      terminal.say({
        vi: `  đã nâng cấp lược đồ: ${migrated.length} bước`,
        en: `  migrated by ${migrated.length} steps`,
      }),
    );
  }
  if (log.signedBeyond === undefined) {
    terminal.line(
      terminal.say({
        vi: `Khám trước khi chạy: npx lienthong doctor --evidence --all --data ${folder}`,
        en: `Before you start: npx lienthong doctor --evidence --all --data ${folder}`,
      }),
    );
    return exitCodes.ok;
  }
  terminal.line(
    `${terminal.style('red', '!')} ${terminal.say({
      vi: `evidence.fork: đã ký đến mục ${log.signedBeyond}, bản sao lưu chỉ có ${log.size}. Máy chủ sẽ không ký tiếp.`,
      en: `evidence.fork: ${log.signedBeyond} entries were signed, the backup has ${log.size}. The server will not go on signing.`,
    })}`,
  );
  terminal.line(
    terminal.say({
      vi: '  → Khôi phục lại với --wal và --blobs, nếu còn pg_wal và blobs của máy cũ; nếu không, xem "Forks" trong docs/operations/backup-and-restore.md.',
      en: '  → Restore again with --wal and --blobs where the old pg_wal and blobs survived; else see "Forks" in docs/operations/backup-and-restore.md.',
    }),
  );
  return exitCodes.trouble;
}
