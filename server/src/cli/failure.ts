/**
 * The ways in which a command ends, each with its exit code. Scripts rely on the numbers: they are listed by
 * `lienthong help` and in docs/operations/install.md, and never change their meaning.
 */
import type { Text } from './language.ts';

export const exitCodes = {
  ok: 0,
  /** The axis said no: the document, the code or the right is at fault; trying again changes nothing. */
  refused: 1,
  /** The command was typed wrongly; nothing was asked of anyone. */
  usage: 2,
  /** Not reachable, not ready, disk full …: the same command may well succeed later. */
  trouble: 3,
  /** What was examined is not what it claims to be: a receipt, the evidence log or a stored package. */
  unverified: 4,
  /** Stopped by Ctrl-C (128 + SIGINT, as shells expect). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FailureOptions extends ErrorOptions {
  /** The stable code of a refusal (`exchange.recipient_unknown`), where the axis gave one. */
  readonly code?: string | undefined;
  /** What the user can do now. */
  readonly remedy?: Text | undefined;
}

/** An end that the user can understand and act on; everything else that is thrown is a bug or the world's trouble. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly text: Text;
  readonly code: string | undefined;
  readonly remedy: Text | undefined;

  constructor(exitCode: ExitCode, text: Text, options: FailureOptions = {}) {
    super(text.en, options);
    this.exitCode = exitCode;
    this.text = text;
    this.code = options.code;
    this.remedy = options.remedy;
  }
}

export function refused(text: Text, options?: FailureOptions): Failure {
  return new Failure(exitCodes.refused, text, options);
}

export function misused(text: Text, options?: FailureOptions): Failure {
  return new Failure(exitCodes.usage, text, options);
}

export function troubled(text: Text, options?: FailureOptions): Failure {
  return new Failure(exitCodes.trouble, text, options);
}

export function unverified(text: Text, options?: FailureOptions): Failure {
  return new Failure(exitCodes.unverified, text, options);
}
