/** Says what went wrong and what to do, to a person or to a script; never a stack trace unless asked for one. */
import { Refusal } from '#foundation/refusal';
import type { ExitCode } from './failure.ts';
import { exitCodes, Failure, refused, troubled } from './failure.ts';
import type { Terminal } from './terminal/terminal.ts';
import { printable } from './terminal/width.ts';

export function describeFailure(error: unknown, { isInterrupted }: { isInterrupted: boolean }): Failure {
  if (isInterrupted) {
    return new Failure(
      exitCodes.interrupted,
      { vi: 'Đã dừng theo yêu cầu.', en: 'Stopped as you asked.' },
      {
        cause: error,
        remedy: {
          vi: 'Chạy lại lệnh này là an toàn: gửi lại cùng một văn bản thì nhận lại đúng biên nhận cũ.',
          en: 'Running the command again is safe: the same document sent again gets the same receipt.',
        },
      },
    );
  }
  if (error instanceof Failure) return error;
  if (error instanceof Refusal) {
    return refused(
      { vi: error.sentence('vi'), en: error.sentence('en') },
      { code: error.code, cause: error },
    );
  }
  return worldlyTrouble(error) ?? unexpected(error);
}

export function reportFailure(
  failure: Failure,
  { terminal, wantsTrace }: { terminal: Terminal; wantsTrace: boolean },
): void {
  const { language } = terminal;
  terminal.json({
    error: {
      exitCode: failure.exitCode,
      code: failure.code ?? null,
      sentence: failure.text[language],
      remedy: failure.remedy?.[language] ?? null,
    },
  });
  if (!terminal.isJson) {
    terminal.note(`${terminal.style('red', '✗')} ${printable(failure.text[language])}`);
    if (failure.code) terminal.note(`  ${terminal.say({ vi: 'Mã lỗi', en: 'Code' })}: ${failure.code}`);
    if (failure.remedy) terminal.note(`  → ${failure.remedy[language]}`);
  }
  if (wantsTrace) terminal.note(traceOf(failure));
}

/** The common ways in which a disk says no, in words. */
function worldlyTrouble(error: unknown): Failure | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const say = diskTroubles[code ?? ''];
  if (!say) return undefined;
  const [exitCode, vi, en] = say(path ?? '');
  return new Failure(exitCode, { vi, en }, { cause: error });
}

const diskTroubles: Readonly<Record<string, (path: string) => [exitCode: ExitCode, vi: string, en: string]>> =
  {
    ENOENT: (path) => [exitCodes.usage, `Không có tệp ${path}`, `There is no file ${path}`],
    EISDIR: (path) => [
      exitCodes.usage,
      `Đây là thư mục, không phải tệp: ${path}`,
      `That is a folder, not a file: ${path}`,
    ],
    EACCES: (path) => [exitCodes.trouble, `Không có quyền với ${path}`, `No permission for ${path}`],
    EPERM: (path) => [exitCodes.trouble, `Không có quyền với ${path}`, `No permission for ${path}`],
    ENOSPC: (path) => [exitCodes.trouble, `Ổ đĩa đã đầy: ${path}`, `The disk is full: ${path}`],
  };

function unexpected(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return troubled(
    { vi: `Sự cố không lường trước: ${message}`, en: `Unexpected trouble: ${message}` },
    {
      cause: error,
      remedy: {
        vi: 'Chạy lại với LIENTHONG_DEBUG=1 để xem chi tiết cho người phát triển.',
        en: 'Run it again with LIENTHONG_DEBUG=1 for the details that a developer needs.',
      },
    },
  );
}

function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    lines.push(current.stack ?? current.message);
  }
  return lines.join('\ncaused by ');
}
