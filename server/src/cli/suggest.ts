/** A command to type next, with the options of this one that it needs to reach the same place. */
import type { Context } from './command.ts';

export function suggest(context: Pick<Context, 'carriedOptions'>, words: readonly string[]): string {
  return ['npx', 'lienthong', ...words, ...context.carriedOptions].map(quoted).join(' ');
}

/** `--as CODE` where it was given. */
export function asOption(code: string | undefined): string[] {
  return code === undefined ? [] : ['--as', code];
}

function quoted(word: string): string {
  return /^[\p{L}\p{N}\p{M}_@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
