import type { Backup } from '../../backup/back-up.ts';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { asFailure } from '../backup-failure.ts';
import { countBytes } from '../terminal/count-bytes.ts';
import { programVersion } from '../program-version.ts';
import { saySize } from '../words.ts';

export const backup = defineCommand({
  name: 'backup',
  summary: {
    vi: 'Sao lưu thư mục dữ liệu cùng PostgreSQL nhúng, cả khi máy chủ đang chạy',
    en: 'Back up the data folder with its embedded PostgreSQL, also while the server runs',
  },
  operands: [
    {
      name: 'FOLDER',
      help: {
        vi: 'Nơi chứa các bản sao lưu; mỗi lần một thư mục mới mang tên thời điểm',
        en: 'Where the backups are; each gets a new folder named by its time',
      },
    },
  ],
  options: {
    'with-keys': {
      type: 'boolean',
      help: {
        vi: 'Kèm cả DIR/keys: ai có bản sao lưu này thì đọc được mọi văn bản',
        en: 'Include DIR/keys: whoever has this backup can read every document',
      },
    },
  },
  details: {
    vi: 'Không có --with-keys thì bản sao lưu không mở được nếu thiếu bản sao riêng của DIR/keys. Không ghi đè gì; bị ngắt giữa chừng thì không để lại gì.\nKiểm tra lại bản sao lưu: (cd BẢN_SAO && sha256sum -c --quiet SHA256SUMS)',
    en: 'Without --with-keys a backup cannot be opened but with the copy of DIR/keys that you keep apart. Nothing is overwritten; an interrupted backup leaves nothing.\nCheck one later: (cd BACKUP && sha256sum -c --quiet SHA256SUMS)',
  },
  examples: ['lienthong backup /mnt/sao-luu --data /srv/lienthong'],
  async run({ options, operands, context }) {
    const { backUp } = await import('../../backup/back-up.ts');
    const { terminal, dataFolder, signal } = context;
    using copied = countBytes(terminal, { vi: 'Đang sao lưu', en: 'Backing up' });
    const made = await backUp({
      dataFolder,
      into: operands.FOLDER,
      withKeys: options['with-keys'],
      program: await programVersion(),
      now: context.now(),
      signal,
      onProgress: ({ bytes, totalBytes }) => copied.advance(bytes, totalBytes),
      onNotice: (text) => terminal.note(text),
    }).catch((error: unknown) => {
      throw asFailure(error);
    });
    show(made, context);
    return exitCodes.ok;
  },
});

function show({ folder, manifest }: Backup, { terminal }: Context): void {
  const { fileCount, sizeBytes, logSize, holdsKeys } = manifest;
  terminal.json({ folder, fileCount, sizeBytes, logSize, holdsKeys });
  terminal.line(
    `${terminal.style('green', '✓')} ${terminal.say({
      vi: `Đã sao lưu vào ${folder}: ${fileCount} tệp, ${saySize(sizeBytes)}, nhật ký ${logSize} mục`,
      en: `Backed up to ${folder}: ${fileCount} files, ${saySize(sizeBytes)}, log of ${logSize} entries`,
    })}`,
  );
  terminal.note(
    holdsKeys
      ? terminal.say({
          vi: 'CẢNH BÁO: bản này chứa khóa. Ai chép được nó thì đọc được mọi văn bản và ký được biên nhận. Hãy mã hóa hoặc khóa lại.',
          en: 'WARNING: this backup holds the keys. Whoever copies it reads every document and can sign receipts. Encrypt it or lock it away.',
        })
      : terminal.say({
          vi: 'Bản này không chứa khóa; giữ riêng một bản sao của DIR/keys, nếu không sẽ không đọc lại được.',
          en: 'This backup holds no keys; keep a copy of DIR/keys apart, or nothing of it can be read again.',
        }),
  );
}
