/** What happened in a run: the end of it in words, the whole of it as a digest. */
import { createHash } from 'node:crypto';

export interface Story {
  step: number;
  tell(what: string): void;
  /** The last lines. */
  ending(): string;
  /** Equal for equal runs: ids and digests are not told. */
  digest(): string;
}

const keptLines = 40;

export function createStory(): Story {
  const lines: string[] = [];
  const hash = createHash('sha256');
  return {
    step: 0,
    tell(what) {
      const line = `${this.step} ${what}`;
      hash.update(`${line}\n`);
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    },
    ending: () => lines.join('\n'),
    digest: () => hash.copy().digest('hex'),
  };
}
