import type { Text } from '../language.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** A progress bar over bytes whose total is known with the first of them; ends with its scope. */
export function countBytes(terminal: Terminal, label: Text) {
  let progress: Progress | undefined;
  return {
    advance(bytes: number, totalBytes: number): void {
      progress ??= terminal.progress(label, totalBytes);
      progress.advance(bytes);
    },
    [Symbol.dispose]: () => progress?.finish(),
  };
}
