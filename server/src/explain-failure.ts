/** Why the server does not start, for the person who started it: what is wrong and what to do, before any stack. */
import { Refusal } from '#foundation/refusal';
import { MasterKeyMissing } from '#foundation/secrets';
import { ConfigError } from './config-source.ts';

/** `typed` is what came after `npm start --`. */
export function explainFailure(error: unknown, typed: readonly string[]): string {
  if (error instanceof ConfigError) {
    return `Không khởi động được. Cần sửa (cannot start; to mend):\n\n${error.message}\n`;
  }
  if (error instanceof Refusal) {
    return `Không khởi động được (cannot start):\n\n  ${error.sentence('vi')}\n  ${error.sentence('en')}\n\n  ${error.code}`;
  }
  const causes = causesOf(error);
  const sentences = explainListening(error, typed) ?? explainDatabase(causes);
  if (sentences) return `${sentences.vi}\n(${sentences.en})`;
  return `Không khởi động được (cannot start):\n\n${causes.map((cause) => (cause.cause === undefined ? (cause.stack ?? cause.message) : cause.message)).join('\n  ← ')}`;
}

interface Sentences {
  readonly vi: string;
  readonly en: string;
}

function explainListening(error: unknown, typed: readonly string[]): Sentences | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, port, address, hostname } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
    hostname?: string;
  };
  if (code === 'EADDRINUSE' && port !== undefined) {
    return {
      vi: `Cổng ${port} đang được dùng. Hãy chọn cổng khác: npm start -- ${withPort(typed, port + 1)}`,
      en: `Port ${port} is in use; choose another one.`,
    };
  }
  const host = code === 'EADDRNOTAVAIL' ? address : syscall === 'getaddrinfo' ? hostname : undefined;
  // A name of the database's machine that is not found is no matter of --host.
  if (host === undefined || !typed.some((word) => word === host || word === `--host=${host}`))
    return undefined;
  return {
    vi: `Máy này không có địa chỉ ${host}. Hãy sửa --host: địa chỉ của máy này, hoặc 0.0.0.0 cho mọi địa chỉ.`,
    en: `This machine has no address ${host}. Correct --host: an address of this machine, or 0.0.0.0 for all of them.`,
  };
}

/** The command with everything that was typed, but for the port. */
function withPort(typed: readonly string[], port: number): string {
  const others = typed.filter(
    (word, index) => word !== '--port' && typed[index - 1] !== '--port' && !word.startsWith('--port='),
  );
  return [...others, '--port', port].join(' ');
}

const insufficientPrivilege = '42501';

function explainDatabase(causes: readonly Error[]): Sentences | undefined {
  if (causes.some((cause) => cause instanceof MasterKeyMissing)) {
    return {
      vi: 'Cơ sở dữ liệu này thuộc về một thư mục dữ liệu khác: nội dung được mã hóa bằng một khóa chủ không có ở đây. Hãy sửa --data hoặc DATABASE_URL, hoặc khôi phục master.key từ bản sao lưu.',
      en: 'This database belongs to another data folder: it was sealed under a master key that is not here. Correct --data or DATABASE_URL, or restore master.key from the backup.',
    };
  }
  if (causes.some((cause) => 'code' in cause && cause.code === insufficientPrivilege)) {
    const story = causes.map(({ message }) => message).join(' ← ');
    return {
      vi: 'Tài khoản cơ sở dữ liệu không đủ quyền để tạo bảng và vai trò. Hãy đặt DATABASE_MIGRATION_URL với tài khoản sở hữu cơ sở dữ liệu.',
      en: `The login may not migrate the database. Set DATABASE_MIGRATION_URL with the login that owns it and may create roles: ${story}`,
    };
  }
  return undefined;
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 10; at = at.cause) causes.push(at);
  return causes;
}
