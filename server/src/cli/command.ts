/**
 * A command is a declaration: what it takes, each option with its sentence of help, and what it does. Parsing,
 * refusing what is mistyped and `lienthong help` all read the same declaration.
 */
import type { ExitCode } from './failure.ts';
import type { Text } from './language.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface OptionSpecification {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** What stands for the value in help: `CODE`, `FILE`. */
  readonly placeholder?: string;
  readonly help: Text;
}

export interface OperandSpecification {
  readonly name: string;
  readonly isOptional?: boolean;
  /** The last operand may take all that follow; at least one is needed. */
  readonly isRepeated?: boolean;
  readonly help: Text;
}

export type Options = Readonly<Record<string, OptionSpecification>>;

type OptionValue<Specification> = Specification extends { type: 'boolean' }
  ? boolean
  : Specification extends { multiple: true }
    ? readonly string[]
    : string | undefined;

export type OptionValues<Specifications extends Options> = {
  readonly [Name in keyof Specifications]: OptionValue<Specifications[Name]>;
};

export type OperandValues<Specifications extends readonly OperandSpecification[]> = {
  readonly [Specification in Specifications[number] as Specification['name']]: Specification extends {
    isOptional: true;
  }
    ? string | undefined
    : Specification extends { isRepeated: true }
      ? readonly string[]
      : string;
};

/** Everything from outside that a command may use; tests give their own. */
export interface Context {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--data`, else `LIENTHONG_DATA`, else `.data`. */
  readonly dataFolder: string;
  /** `--data` and `--lang` as they were typed: what is suggested to type next repeats them. */
  readonly carriedOptions: readonly string[];
  readonly stdin: AsyncIterable<Buffer | string>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  now(): Temporal.Instant;
}

export interface Invocation<O, P> {
  readonly options: O;
  readonly operands: P;
  readonly context: Context;
}

export interface Command {
  /** One word, or two for a command on a noun: `organisation add`. */
  readonly name: string;
  readonly summary: Text;
  readonly operands: readonly OperandSpecification[];
  readonly options: Options;
  readonly details?: Text;
  readonly examples?: readonly string[];
  /** Returns the exit code where it is not 0; throws a Failure for an end that is explained to the user. */
  run(invocation: Invocation<Record<string, unknown>, Record<string, unknown>>): Promise<ExitCode>;
}

/** Declares a command, so that `run` sees each option and operand with the type that its declaration gives it. */
export function defineCommand<const O extends Options, const P extends readonly OperandSpecification[]>(
  command: Omit<Command, 'options' | 'operands' | 'run'> & {
    readonly options: O;
    readonly operands: P;
    run(invocation: Invocation<OptionValues<O>, OperandValues<P>>): Promise<ExitCode>;
  },
): Command {
  // The parser fills exactly what the declaration names, so the two views of the invocation are one.
  return command;
}

/** Understood by every command. */
export const globalOptions = {
  json: {
    type: 'boolean',
    help: { vi: 'In một đối tượng JSON cho chương trình đọc', en: 'Print one JSON object, for scripts' },
  },
  lang: {
    type: 'string',
    placeholder: 'vi|en',
    help: { vi: 'Ngôn ngữ (hoặc LIENTHONG_LANG)', en: 'Language (or LIENTHONG_LANG)' },
  },
  data: {
    type: 'string',
    placeholder: 'DIR',
    help: {
      vi: 'Thư mục dữ liệu, nơi có sandbox.json và trust.json (hoặc LIENTHONG_DATA; mặc định .data)',
      en: 'Data folder, which holds sandbox.json and trust.json (or LIENTHONG_DATA; .data by default)',
    },
  },
  help: { type: 'boolean', help: { vi: 'Hướng dẫn của lệnh này', en: 'Help on this command' } },
} as const satisfies Options;
