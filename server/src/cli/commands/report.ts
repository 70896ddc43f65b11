/** Figures for the operator: traffic, what is late, and what was saved. As a table, as JSON, or as CSV to a file. */
import { z } from 'zod';
import { administer } from '../administer.ts';
import type { Command, Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../failure.ts';
import type { ExitCode } from '../failure.ts';
import { sayTime } from '../words.ts';

const periodOptions = {
  from: {
    type: 'string',
    placeholder: 'DAY',
    help: { vi: 'Từ ngày (mặc định: đầu tháng)', en: 'First day; that of this month by default' },
  },
  to: {
    type: 'string',
    placeholder: 'DAY',
    help: { vi: 'Đến ngày (mặc định: hôm nay)', en: 'Last day; today by default' },
  },
  organisation: {
    type: 'string',
    placeholder: 'CODE',
    help: { vi: 'Chỉ cơ quan này', en: 'Only this organisation' },
  },
} as const;

const csvOption = {
  csv: {
    type: 'boolean',
    help: { vi: 'In dạng CSV (UTF-8) cho bảng tính', en: 'Print CSV (UTF-8) for a spreadsheet' },
  },
} as const;

/** As the server writes it: no cell of it is taken for a formula. */
async function printCsv(
  context: Context,
  { path, query = {} }: { path: string; query?: Record<string, string | undefined> },
): Promise<ExitCode> {
  const connection = await administer(context);
  const asked = { method: 'GET', area: 'reports', accept: 'text/csv' } as const;
  const text = await connection.ask({ ...asked, path, query, answer: z.string() });
  context.terminal.line(text.replace(/\n$/, ''));
  return exitCodes.ok;
}

const trafficSchema = z.looseObject({
  rows: z.array(
    z.looseObject({
      group: z.string(),
      name: z.string().nullable(),
      side: z.enum(['sent', 'received']),
      documents: z.number(),
      copies: z.number(),
      done: z.number(),
      refused: z.number(),
      recalled: z.number(),
      in_time: z.number(),
      late: z.number(),
    }),
  ),
});

const traffic = defineCommand({
  name: 'report traffic',
  summary: {
    vi: 'Số văn bản gửi, nhận, từ chối, chậm, thu hồi',
    en: 'Documents sent, received, refused, late, recalled',
  },
  operands: [],
  options: {
    ...periodOptions,
    ...csvOption,
    by: {
      type: 'string',
      placeholder: 'GROUP',
      help: {
        vi: 'organisation, level, kind, day hoặc paper (mặc định: organisation)',
        en: 'organisation (by default), level, kind, day or paper',
      },
    },
  },
  examples: ['lienthong report traffic --from 2026-11-01 --by kind'],
  async run({ options, context }) {
    const { from, to, organisation, by } = options;
    if (options.csv) return printCsv(context, { path: 'traffic', query: { from, to, organisation, by } });
    const report = await (
      await administer(context)
    ).ask({
      method: 'GET',
      area: 'reports',
      path: 'traffic',
      query: { from, to, organisation, by },
      answer: trafficSchema,
    });
    const { terminal } = context;
    terminal.json(report);
    const right = 'right' as const;
    terminal.table(
      [
        { title: terminal.say({ vi: 'Nhóm', en: 'Group' }) },
        { title: terminal.say({ vi: 'Tên', en: 'Name' }), shrinks: true },
        { title: terminal.say({ vi: 'Chiều', en: 'Side' }) },
        { title: terminal.say({ vi: 'Văn bản', en: 'Documents' }), align: right },
        { title: terminal.say({ vi: 'Bản', en: 'Copies' }), align: right },
        { title: terminal.say({ vi: 'Đã nhận', en: 'Done' }), align: right },
        { title: terminal.say({ vi: 'Từ chối', en: 'Refused' }), align: right },
        { title: terminal.say({ vi: 'Thu hồi', en: 'Recalled' }), align: right },
        { title: terminal.say({ vi: 'Đúng hạn', en: 'In time' }), align: right },
        { title: terminal.say({ vi: 'Chậm', en: 'Late' }), align: right },
      ],
      report.rows.map((row) => [
        row.group,
        row.name ?? '',
        terminal.say(sides[row.side]),
        ...[row.documents, row.copies, row.done, row.refused, row.recalled, row.in_time, row.late].map(
          String,
        ),
      ]),
    );
    return exitCodes.ok;
  },
});

const sides = { sent: { vi: 'gửi', en: 'sent' }, received: { vi: 'nhận', en: 'received' } } as const;

const latenessSchema = z.looseObject({
  rows: z.array(
    z.looseObject({
      code: z.string(),
      name: z.string(),
      source: z.string(),
      late: z.number(),
      stillOpen: z.number(),
      explained: z.number(),
      oldestDueAt: z.string().nullable(),
    }),
  ),
});

const lateness = defineCommand({
  name: 'report late',
  summary: {
    vi: 'Việc chậm hạn: ai giữ, từ bao giờ, theo quy định nào',
    en: 'What is late: who holds it, since when, by which law',
  },
  operands: [],
  options: csvOption,
  async run({ options, context }) {
    if (options.csv) return printCsv(context, { path: 'lateness' });
    const report = await (
      await administer(context)
    ).ask({ method: 'GET', area: 'reports', path: 'lateness', answer: latenessSchema });
    const { terminal } = context;
    terminal.json(report);
    if (report.rows.length === 0) {
      terminal.line(terminal.say({ vi: 'Không có việc nào chậm hạn.', en: 'Nothing is late.' }));
      return exitCodes.ok;
    }
    terminal.table(
      [
        { title: terminal.say({ vi: 'Cơ quan', en: 'Organisation' }) },
        { title: terminal.say({ vi: 'Tên', en: 'Name' }), shrinks: true },
        { title: terminal.say({ vi: 'Chậm', en: 'Late' }), align: 'right' },
        { title: terminal.say({ vi: 'Chưa làm', en: 'Open' }), align: 'right' },
        { title: terminal.say({ vi: 'Có lý do', en: 'Explained' }), align: 'right' },
        { title: terminal.say({ vi: 'Hạn cũ nhất', en: 'Oldest due' }) },
        { title: terminal.say({ vi: 'Quy định', en: 'Law' }), shrinks: true },
      ],
      report.rows.map((row) => [
        row.code,
        row.name,
        String(row.late),
        String(row.stillOpen),
        String(row.explained),
        row.oldestDueAt === null ? '' : sayTime(row.oldestDueAt),
        row.source,
      ]),
    );
    return exitCodes.ok;
  },
});

const savingsSchema = z.looseObject({
  method: z.string(),
  terms: z.array(
    z.looseObject({
      term: z.enum(['paper', 'postage', 'working_time']),
      formula: z.string(),
      copies: z.number(),
      vndPerCopy: z.number(),
      vnd: z.number(),
    }),
  ),
  totalVnd: z.number(),
  parameters: z.array(
    z.looseObject({ name: z.string(), value: z.number(), unit: z.string(), source: z.string() }),
  ),
});

const savings = defineCommand({
  name: 'report savings',
  summary: { vi: 'Tiết kiệm được, theo từng khoản của công thức', en: 'What was saved, term by term' },
  operands: [],
  options: { ...periodOptions, ...csvOption },
  details: {
    vi: 'Một phương pháp duy nhất: không cộng với số liệu tính theo phương pháp khác (Ngân hàng Thế giới, OECD).',
    en: 'One method only: never add figures by another one (World Bank, OECD).',
  },
  async run({ options, context }) {
    const { from, to, organisation } = options;
    if (options.csv) return printCsv(context, { path: 'savings', query: { from, to, organisation } });
    const report = await (
      await administer(context)
    ).ask({
      method: 'GET',
      area: 'reports',
      path: 'savings',
      query: { from, to, organisation },
      answer: savingsSchema,
    });
    const { terminal } = context;
    terminal.json(report);
    const number = (value: number): string =>
      value.toLocaleString(terminal.language === 'vi' ? 'vi-VN' : 'en');
    terminal.table(
      [
        { title: terminal.say({ vi: 'Khoản', en: 'Term' }) },
        { title: terminal.say({ vi: 'Công thức', en: 'Formula' }), shrinks: true },
        { title: terminal.say({ vi: 'Bản', en: 'Copies' }), align: 'right' },
        { title: terminal.say({ vi: 'Đồng', en: 'VND' }), align: 'right' },
      ],
      [
        ...report.terms.map((term) => [
          terminal.say(terms[term.term]),
          term.formula,
          number(term.copies),
          number(term.vnd),
        ]),
        [terminal.say({ vi: 'Tổng', en: 'Total' }), '', '', number(report.totalVnd)],
      ],
    );
    terminal.line();
    terminal.table(
      [
        { title: terminal.say({ vi: 'Tham số', en: 'Parameter' }) },
        { title: terminal.say({ vi: 'Giá trị', en: 'Value' }), align: 'right' },
        { title: terminal.say({ vi: 'Đơn vị', en: 'Unit' }) },
        { title: terminal.say({ vi: 'Nguồn', en: 'Source' }), shrinks: true },
      ],
      report.parameters.map((each) => [each.name, number(each.value), each.unit, each.source]),
    );
    return exitCodes.ok;
  },
});

const terms = {
  paper: { vi: 'Giấy, mực, sao chụp', en: 'Paper, ink, copying' },
  postage: { vi: 'Bưu phí', en: 'Postage' },
  working_time: { vi: 'Thời gian làm việc', en: 'Working time' },
} as const;

export const reportCommands: readonly Command[] = [traffic, lateness, savings];
