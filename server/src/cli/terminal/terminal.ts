/** What a command writes to: results on stdout, everything for the person watching (progress, advice) on stderr. */
import { styleText } from 'node:util';
import type { Language, Text } from '../language.ts';
import type { Progress } from './progress.ts';
import { startProgress } from './progress.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

export interface Terminal {
  readonly language: Language;
  readonly isJson: boolean;
  readonly isInteractive: boolean;
  say(text: Text): string;
  /** A line of the result for people; silent with `--json`. */
  line(text?: string): void;
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
  /** The result for scripts; silent without `--json`. One object, on one line. */
  json(value: unknown): void;
  /** Advice on stderr: also with `--json` it never mixes with the result. */
  note(text: string): void;
  style(style: Style, text: string): string;
  clear(): void;
  progress(label: Text, total: number | undefined): Progress;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly language: Language;
  readonly isJson: boolean;
  /** Whether `NO_COLOR` is absent (https://no-color.org). */
  readonly wantsColour: boolean;
}

export function openTerminal({ stdout, stderr, language, isJson, wantsColour }: TerminalOptions): Terminal {
  const coloured = wantsColour && stdout.isTTY === true;
  // The decision to colour is ours (the stream may not be process.stdout), hence validateStream: false.
  const style = (format: Style, text: string): string =>
    coloured ? styleText(format, text, { validateStream: false }) : text;
  const line = (text = ''): void => {
    if (!isJson) stdout.write(`${text}\n`);
  };
  return {
    language,
    isJson,
    isInteractive: stdout.isTTY === true && !isJson,
    say: (text) => text[language],
    line,
    table: (columns, rows) =>
      line(
        renderTable(columns, rows, {
          // A terminal that does not know its width says 0.
          terminalWidth: stdout.isTTY ? stdout.columns || undefined : undefined,
          styleTitle: (title) => style('bold', title),
        }),
      ),
    json: (value) => {
      if (isJson) stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (text) => void stderr.write(`${text}\n`),
    style,
    clear: () => {
      if (stdout.isTTY && !isJson) stdout.write('\u001B[2J\u001B[H');
    },
    progress: (label, total) => startProgress({ stream: stderr, label: label[language], total }),
  };
}
