/** Runs one command line and says how it ended. Everything from outside comes in, so tests run it in their process. */
import { parseArguments, positionalsOf, splitCommand } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { commands, topics } from './commands.ts';
import { describeFailure, reportFailure } from './report-failure.ts';
import type { ExitCode } from './failure.ts';
import { exitCodes, misused } from './failure.ts';
import { renderCommandHelp, renderNoun, renderOverview } from './help.ts';
import { chooseLanguage } from './language.ts';
import { inEnglish } from './in-english.ts';
import { nearestName } from './nearest.ts';
import { programVersion } from './program-version.ts';
import type { OutputStream, Terminal } from './terminal/terminal.ts';
import { openTerminal } from './terminal/terminal.ts';

export interface Outside {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  now(): Temporal.Instant;
}

const defaultDataFolder = '.data';

export async function run(typed: readonly string[], outside: Outside): Promise<ExitCode> {
  const terminal = openTerminal({
    stdout: outside.stdout,
    stderr: outside.stderr,
    // Before anything is parsed, so that also the refusal of a mistyped option comes in the right form.
    language: chooseLanguage(valueOf(typed, '--lang'), outside.environment['LIENTHONG_LANG']),
    isJson: typed.includes('--json'),
    wantsColour: !outside.environment['NO_COLOR'],
  });
  try {
    return await runCommand(typed, outside, terminal);
  } catch (error) {
    const described = describeFailure(error, { isInterrupted: outside.signal.aborted });
    const failure = terminal.language === 'en' ? await inEnglish(described) : described;
    reportFailure(failure, { terminal, wantsTrace: Boolean(outside.environment['LIENTHONG_DEBUG']) });
    return failure.exitCode;
  }
}

async function runCommand(typed: readonly string[], outside: Outside, terminal: Terminal): Promise<ExitCode> {
  const { command, words, rest } = splitCommand(typed, commands);
  refuseLanguage(valueOf(typed, '--lang'));
  if (words.length === 0 && rest.includes('--version')) return showVersion(terminal);
  if (words.length === 0 || words[0] === 'help') return showHelp(words.length > 0 ? rest : [], terminal);
  // Also on a noun alone: `organisation --help`.
  if (rest.includes('--help') || rest.includes('-h')) return showHelp(words, terminal);
  if (!command) throw unknownCommand(words);

  const { options, operands } = parseArguments(command, rest);
  const context: Context = {
    terminal,
    environment: outside.environment,
    dataFolder:
      (options['data'] as string | undefined) ?? outside.environment['LIENTHONG_DATA'] ?? defaultDataFolder,
    carriedOptions: ['data', 'lang'].flatMap((name) =>
      options[name] === undefined ? [] : [`--${name}`, options[name] as string],
    ),
    stdin: outside.stdin,
    signal: outside.signal,
    now: () => outside.now(),
  };
  return command.run({ options, operands, context });
}

function showHelp(typed: readonly string[], terminal: Terminal): ExitCode {
  const topic = positionalsOf(typed)
    .map(({ value }) => value)
    .join(' ');
  const asked = commands.filter(({ name }) => name === topic || name.startsWith(`${topic} `));
  const text =
    topic === ''
      ? renderOverview(topics, terminal.language)
      : asked.some(({ name }) => name === topic)
        ? asked.map((command) => renderCommandHelp(command, terminal.language)).join('\n\n')
        : renderNoun(topic, asked, terminal.language);
  if (topic !== '' && asked.length === 0) throw unknownCommand(topic.split(' '));
  terminal.line(text);
  terminal.json({ help: text });
  return exitCodes.ok;
}

async function showVersion(terminal: Terminal): Promise<ExitCode> {
  const version = await programVersion();
  terminal.line(`lienthong ${version}`);
  terminal.json({ version });
  return exitCodes.ok;
}

function refuseLanguage(asked: string | undefined): void {
  if (asked === undefined || asked === 'vi' || asked === 'en') return;
  throw misused({ vi: `--lang là vi hoặc en: ${asked}`, en: `--lang is vi or en: ${asked}` });
}

function unknownCommand(words: readonly string[]) {
  const typed = words.join(' ');
  const siblings = commands.map(({ name }) => name).filter((name) => name.startsWith(`${words[0]} `));
  const nearest = nearestName(
    typed,
    commands.map(({ name }: Command) => name),
  );
  const choice =
    siblings.length > 0 ? siblings.map((name) => `lienthong ${name}`).join(' · ') : 'lienthong help';
  return misused(
    { vi: `Không có lệnh "${typed}".`, en: `There is no command "${typed}".` },
    {
      remedy: nearest
        ? { vi: `Ý bạn là: lienthong ${nearest}?`, en: `Did you mean: lienthong ${nearest}?` }
        : { vi: `Xem: ${choice}`, en: `See: ${choice}` },
    },
  );
}

function valueOf(typed: readonly string[], option: string): string | undefined {
  const index = typed.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (index < 0) return undefined;
  return typed[index]?.slice(option.length + 1) || typed[index + 1];
}
