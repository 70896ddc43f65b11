/** The working calendar: holidays and swapped days in the form in which they are announced. */
import { z } from 'zod';
import { administer } from '../administer.ts';
import type { Command, Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import { sayDate } from '../words.ts';

const dayOperand = {
  name: 'DAY',
  help: { vi: 'ngày, dạng 2026-11-24', en: 'the day, as in 2026-11-24' },
} as const;

const daySchema = z.looseObject({
  day: z.string(),
  kind: z.enum(['rest', 'work']),
  name: z.string(),
  source: z.string(),
  isProvisional: z.boolean(),
});

const list = defineCommand({
  name: 'calendar list',
  summary: { vi: 'Ngày nghỉ và ngày làm bù của một năm', en: 'Holidays and swapped days of a year' },
  operands: [],
  options: {
    year: {
      type: 'string',
      placeholder: 'YEAR',
      help: { vi: 'Năm (mặc định: năm nay)', en: 'The year; this one by default' },
    },
  },
  async run({ options, context }) {
    const { version, days } = await (
      await administer(context)
    ).ask({
      method: 'GET',
      path: 'calendar-days',
      query: { year: options.year },
      answer: z.looseObject({ version: z.number(), days: z.array(daySchema) }),
    });
    const { terminal } = context;
    terminal.json({ version, days });
    terminal.table(
      [
        { title: terminal.say({ vi: 'Ngày', en: 'Day' }) },
        { title: terminal.say({ vi: 'Là', en: 'Is' }) },
        { title: terminal.say({ vi: 'Tên', en: 'Name' }), shrinks: true },
        { title: terminal.say({ vi: 'Căn cứ', en: 'Source' }), shrinks: true },
        { title: '' },
      ],
      days.map((day) => [
        sayDate(day.day),
        terminal.say(kinds[day.kind]),
        day.name,
        day.source,
        day.isProvisional ? terminal.say({ vi: 'tạm', en: 'provisional' }) : '',
      ]),
    );
    return exitCodes.ok;
  },
});

const declare = defineCommand({
  name: 'calendar declare',
  summary: {
    vi: 'Công bố ngày nghỉ hoặc ngày làm bù; thời hạn đang mở được tính lại',
    en: 'Declare a holiday or a swapped day; open deadlines are computed again',
  },
  operands: [dayOperand],
  options: {
    name: { type: 'string', placeholder: 'TEXT', help: { vi: 'Tên ngày', en: 'Name of the day' } },
    source: {
      type: 'string',
      placeholder: 'TEXT',
      help: { vi: 'Văn bản, thông báo làm căn cứ', en: 'The law or announcement that says so' },
    },
    worked: {
      type: 'boolean',
      help: {
        vi: 'Ngày nghỉ trong tuần phải làm bù',
        en: 'A rest day that is worked instead of a swapped one',
      },
    },
    provisional: { type: 'boolean', help: { vi: 'Chưa có thông báo chính thức', en: 'Not announced yet' } },
  },
  examples: ['lienthong calendar declare 2027-02-05 --name "Nghỉ Tết" --source "Thông báo số …/TB-…"'],
  async run({ options, operands: { DAY: day }, context }) {
    const { name, source } = options;
    if (name === undefined || source === undefined) {
      throw misused({ vi: 'Cần có --name và --source.', en: '--name and --source are needed.' });
    }
    const declared = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'calendar-days',
      json: {
        day: parseDay(day),
        kind: options.worked ? 'work' : 'rest',
        name,
        source,
        isProvisional: options.provisional,
      },
      answer: daySchema,
    });
    return show(declared, context, { vi: 'Đã công bố', en: 'Declared' });
  },
});

const withdraw = defineCommand({
  name: 'calendar withdraw',
  summary: { vi: 'Rút lại ngày đã công bố', en: 'Take a declared day back' },
  operands: [dayOperand],
  options: { reason: { type: 'string', placeholder: 'TEXT', help: { vi: 'Lý do', en: 'Reason' } } },
  async run({ options, operands: { DAY: day }, context }) {
    const withdrawn = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: `calendar-days/${parseDay(day)}/withdrawal`,
      json: { reason: options.reason },
      answer: daySchema,
    });
    return show(withdrawn, context, { vi: 'Đã rút lại', en: 'Withdrawn' });
  },
});

export const calendarCommands: readonly Command[] = [list, declare, withdraw];

const kinds = {
  rest: { vi: 'nghỉ', en: 'rest' },
  work: { vi: 'làm bù', en: 'worked' },
} as const;

function parseDay(typed: string): string {
  try {
    return Temporal.PlainDate.from(typed).toString();
  } catch {
    throw misused({
      vi: `Ngày phải có dạng 2026-11-24: ${typed}`,
      en: `A day is written as 2026-11-24: ${typed}`,
    });
  }
}

function show(day: z.infer<typeof daySchema>, { terminal }: Context, done: { vi: string; en: string }) {
  terminal.json({ day });
  terminal.line(
    `${terminal.style('green', '✓')} ${terminal.say(done)}: ${sayDate(day.day)} · ${terminal.say(kinds[day.kind])} · ${day.name}`,
  );
  return exitCodes.ok;
}
