/** Turns what was typed into a command and its values; whatever is not declared is refused with the nearest name. */
import { parseArgs } from 'node:util';
import type { Command, OptionSpecification, Options } from './command.ts';
import { globalOptions } from './command.ts';
import { misused } from './failure.ts';
import { nearestName } from './nearest.ts';

type Token = ReturnType<typeof tokenise>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

export interface ParsedArguments {
  readonly options: Readonly<Record<string, unknown>>;
  readonly operands: Readonly<Record<string, unknown>>;
}

/** Splits off the words that name the command: `--json organisation add X` → organisation add, [--json, X]. */
export function splitCommand(
  typed: readonly string[],
  commands: readonly Command[],
): { command: Command | undefined; words: string[]; rest: string[] } {
  const positionals = positionalsOf(typed);
  const [first, second] = positionals;
  if (!first) return { command: undefined, words: [], rest: [...typed] };
  const isNoun = commands.some(({ name }) => name.startsWith(`${first.value} `));
  const used = isNoun && second ? [first, second] : [first];
  const words = used.map((token) => token.value);
  const taken = new Set(used.map((token) => token.index));
  return {
    command: commands.find(({ name }) => name === words.join(' ')),
    words,
    rest: typed.filter((_, index) => !taken.has(index)),
  };
}

/** The words among what was typed, without the options of every command and their values. */
export function positionalsOf(typed: readonly string[]): { value: string; index: number }[] {
  return tokenise(typed, globalOptions).filter((token) => token.kind === 'positional');
}

export function parseArguments(
  command: Pick<Command, 'name' | 'options' | 'operands'>,
  typed: readonly string[],
): ParsedArguments {
  const specifications: Options = { ...command.options, ...globalOptions };
  const tokens = tokenise(typed, specifications);
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(specifications).map(([name, { type, multiple }]) => [
      name,
      type === 'boolean' ? false : multiple ? [] : undefined,
    ]),
  );
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const specification = specifications[token.name];
    if (!specification) throw unknownOption(command, token.rawName, Object.keys(specifications));
    assign(options, token, specification);
  }
  const values = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  return { options, operands: assignOperands(command, values) };
}

function tokenise(typed: readonly string[], specifications: Options) {
  const { tokens } = parseArgs({
    args: [...typed],
    options: Object.fromEntries(
      Object.entries(specifications).map(([name, { type }]) => [
        name,
        { type, multiple: true, ...(name === 'help' && { short: 'h' }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function assign(
  options: Record<string, unknown>,
  token: OptionToken,
  specification: OptionSpecification,
): void {
  const { name, rawName, value } = token;
  if (specification.type === 'boolean') {
    if (value !== undefined) {
      throw misused({
        vi: `Tùy chọn ${rawName} không nhận giá trị.`,
        en: `Option ${rawName} takes no value.`,
      });
    }
    options[name] = true;
    return;
  }
  if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-') && value !== '-')) {
    const placeholder = specification.placeholder ?? 'VALUE';
    throw misused({
      vi: `Tùy chọn ${rawName} cần một giá trị: ${rawName} ${placeholder}`,
      en: `Option ${rawName} needs a value: ${rawName} ${placeholder}`,
    });
  }
  if (specification.multiple) {
    options[name] = [...(options[name] as string[]), value];
  } else if (options[name] !== undefined) {
    throw misused({
      vi: `Tùy chọn ${rawName} chỉ được dùng một lần.`,
      en: `Option ${rawName} may be given once.`,
    });
  } else {
    options[name] = value;
  }
}

function unknownOption(command: Pick<Command, 'name'>, typed: string, known: readonly string[]) {
  const nearest = nearestName(typed.replace(/^-+/, ''), known);
  const help = `lienthong help ${command.name}`;
  return misused(
    {
      vi: `Lệnh ${command.name} không có tùy chọn ${typed}.`,
      en: `Command ${command.name} has no option ${typed}.`,
    },
    {
      remedy: nearest
        ? { vi: `Ý bạn là --${nearest}? Xem: ${help}`, en: `Did you mean --${nearest}? See: ${help}` }
        : { vi: `Xem: ${help}`, en: `See: ${help}` },
    },
  );
}

function assignOperands(
  command: Pick<Command, 'name' | 'options' | 'operands'>,
  values: readonly string[],
): Readonly<Record<string, unknown>> {
  const remedy = { vi: `Xem: lienthong help ${command.name}`, en: `See: lienthong help ${command.name}` };
  const isOpenEnded = command.operands.at(-1)?.isRepeated === true;
  const extra = values[command.operands.length];
  if (extra !== undefined && !isOpenEnded) {
    // `--to G12 H37`: the second code was meant as another receiver.
    const isReceiver = command.options['to']?.multiple === true && /^[A-Z]\d{2}(\.\d+)*$/i.test(extra);
    const repeat = { vi: `Ý bạn là: --to ${extra}?`, en: `Did you mean: --to ${extra}?` };
    throw misused(
      { vi: `Thừa tham số: ${extra}`, en: `One argument too many: ${extra}` },
      { remedy: isReceiver ? repeat : remedy },
    );
  }
  for (const [index, { name, isOptional }] of command.operands.entries()) {
    if (!isOptional && values[index] === undefined) {
      throw misused({ vi: `Thiếu tham số ${name}.`, en: `Argument ${name} is missing.` }, { remedy });
    }
  }
  return Object.fromEntries(
    command.operands.map(({ name, isRepeated }, index) => [
      name,
      isRepeated ? values.slice(index) : values[index],
    ]),
  );
}
