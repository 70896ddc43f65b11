/** Why the server does not start, for the person who started it: what is wrong and what to do, before any stack. */
import { Refusal } from '#foundation/refusal';
import { ConfigError } from './config-source.ts';

export function explainFailure(error: unknown): string {
  if (error instanceof ConfigError) {
    return `Không khởi động được. Cần sửa (cannot start; to mend):\n\n${error.message}\n`;
  }
  if (error instanceof Refusal) {
    return `Không khởi động được (cannot start):\n\n  ${error.sentence('vi')}\n  ${error.sentence('en')}\n\n  ${error.code}`;
  }
  if (isPortTaken(error)) {
    const { port } = error;
    return `Cổng ${port} đang được dùng. Hãy chọn cổng khác: npm start -- --port ${port + 1}\n(Port ${port} is in use; choose another one.)`;
  }
  return `Không khởi động được (cannot start):\n\n${chain(error).join('\n  ← ')}`;
}

function isPortTaken(error: unknown): error is Error & { port: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
}

/** The sentences of the chain of causes, and the stack of the last, where it began. */
function chain(error: unknown): string[] {
  const sentences: string[] = [];
  for (let at = error; at instanceof Error && sentences.length < 10; at = at.cause) {
    sentences.push(at.cause === undefined ? (at.stack ?? at.message) : at.message);
  }
  return sentences;
}
