/** Help is written from the declarations of the commands, so that it cannot tell of an option that does not exist. */
import type { Command, Options } from './command.ts';
import { globalOptions } from './command.ts';
import type { Language, Text } from './language.ts';
import { pad, displayWidth } from './terminal/width.ts';

export interface HelpTopic {
  readonly title: Text;
  readonly commands: readonly Command[];
}

const exitCodeMeanings: readonly [number, Text][] = [
  [0, { vi: 'xong', en: 'done' }],
  [
    1,
    {
      vi: 'bị từ chối: làm lại y nguyên cũng vẫn bị từ chối',
      en: 'refused: trying the same again changes nothing',
    },
  ],
  [2, { vi: 'gõ sai lệnh', en: 'the command was typed wrongly' }],
  [
    3,
    {
      vi: 'không kết nối được hoặc sự cố: có thể thử lại',
      en: 'not reachable, or trouble: worth trying again',
    },
  ],
  [
    4,
    {
      vi: 'kiểm tra không đạt: có dữ liệu sai lệch',
      en: 'verification failed: something is not what it claims',
    },
  ],
];

export function renderOverview(topics: readonly HelpTopic[], language: Language): string {
  const say = (text: Text): string => text[language];
  const width = Math.max(...topics.flatMap(({ commands }) => commands.map(({ name }) => displayWidth(name))));
  return [
    say({
      vi: 'lienthong: gửi, nhận và kiểm chứng văn bản trên trục liên thông',
      en: 'lienthong: send, receive and verify documents on the axis',
    }),
    '',
    `${say({ vi: 'Cách dùng', en: 'Usage' })}: lienthong ${say({ vi: 'LỆNH', en: 'COMMAND' })} …`,
    ...topics.flatMap(({ title, commands }) => [
      '',
      say(title),
      ...commands.map(({ name, summary }) => `  ${pad(name, width, 'left')}  ${say(summary)}`),
    ]),
    '',
    say({ vi: 'Tùy chọn chung', en: 'Options of every command' }),
    ...renderOptions(globalOptions, language),
    '',
    say({ vi: 'Mã thoát', en: 'Exit codes' }),
    ...exitCodeMeanings.map(([code, meaning]) => `  ${code}  ${say(meaning)}`),
    '',
    say({
      vi: 'Kết nối: sandbox.json trong thư mục dữ liệu; hoặc LIENTHONG_URL, LIENTHONG_SYSTEM_ID, LIENTHONG_SYSTEM_SECRET\n(quản trị: LIENTHONG_OPERATOR_ID, LIENTHONG_OPERATOR_SECRET). Chi tiết một lệnh: lienthong help LỆNH',
      en: 'Connection: sandbox.json in the data folder; or LIENTHONG_URL, LIENTHONG_SYSTEM_ID, LIENTHONG_SYSTEM_SECRET\n(administration: LIENTHONG_OPERATOR_ID, LIENTHONG_OPERATOR_SECRET). More on one command: lienthong help COMMAND',
    }),
  ].join('\n');
}

/** What can be done with organisations, or with systems. */
export function renderNoun(noun: string, commands: readonly Command[], language: Language): string {
  const more = {
    vi: `Chi tiết một lệnh: lienthong help ${noun} …`,
    en: `More on one command: lienthong help ${noun} …`,
  };
  return [
    ...renderPairs(commands.map(({ name, summary }) => [name, summary[language]])),
    '',
    more[language],
  ].join('\n');
}

export function renderCommandHelp(command: Command, language: Language): string {
  const say = (text: Text): string => text[language];
  const operands = command.operands.map(({ name, isOptional, isRepeated }) =>
    isOptional ? `[${name}]` : isRepeated ? `${name} …` : name,
  );
  const hasOptions = Object.keys(command.options).length > 0;
  const usage = [
    'lienthong',
    command.name,
    ...operands,
    ...(hasOptions ? [say({ vi: '[tùy chọn]', en: '[options]' })] : []),
  ];
  const lines = [say(command.summary), '', `${say({ vi: 'Cách dùng', en: 'Usage' })}: ${usage.join(' ')}`];
  if (command.operands.length > 0) {
    lines.push('', ...renderPairs(command.operands.map(({ name, help }) => [name, say(help)])));
  }
  if (hasOptions)
    lines.push('', say({ vi: 'Tùy chọn', en: 'Options' }), ...renderOptions(command.options, language));
  lines.push(
    '',
    say({ vi: 'Tùy chọn chung', en: 'Options of every command' }),
    ...renderOptions(globalOptions, language),
  );
  if (command.details) lines.push('', say(command.details));
  if (command.examples) {
    lines.push(
      '',
      say({ vi: 'Ví dụ', en: 'Examples' }),
      ...command.examples.map((example) => `  ${example}`),
    );
  }
  return lines.join('\n');
}

function renderOptions(options: Options, language: Language): string[] {
  return renderPairs(
    Object.entries(options).map(([name, { placeholder, multiple, help }]) => [
      multiple
        ? `--${name} ${placeholder} [--${name} ${placeholder} …]`
        : `--${name}${placeholder ? ` ${placeholder}` : ''}`,
      help[language],
    ]),
  );
}

function renderPairs(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(28, Math.max(...pairs.map(([name]) => displayWidth(name))));
  return pairs.map(([name, meaning]) => `  ${pad(name, width, 'left')}  ${meaning}`);
}
