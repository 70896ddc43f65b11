/** The ladder of undelivered mail: when the operator and the sender are told, and when a copy goes back. */
import { z } from 'zod';
import { administer } from '../administer.ts';
import type { Command, Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import type { ExitCode } from '../failure.ts';
import { formatRung, parseRung } from '../rungs.ts';

const laddersSchema = z.looseObject({
  version: z.number(),
  ladders: z.array(
    z.looseObject({
      priority: z.number(),
      rungs: z.array(
        z.looseObject({
          clock: z.enum(['wall', 'working']),
          minutes: z.number(),
          act: z.enum(['remind_operator', 'remind_sender', 'return']),
        }),
      ),
    }),
  ),
});

const details = {
  vi: 'Bậc viết là THỜI-GIAN:VIỆC. Thời gian: 30m, 2h, 14d theo đồng hồ; 30wm, 2wh, 3wd trong giờ làm việc (một ngày 8 giờ). Việc: operator (báo quản trị), sender (báo nơi gửi), return (trả lại).',
  en: 'A rung is TIME:ACT. Times: 30m, 2h, 14d by the clock; 30wm, 2wh, 3wd in office hours (8 a day). Acts: operator and sender are told; return gives the copy back.',
} as const;

const list = defineCommand({
  name: 'ladder list',
  summary: {
    vi: 'Các bậc nhắc thư chưa ai nhận, theo độ khẩn',
    en: 'The ladder of undelivered mail, by priority',
  },
  operands: [],
  options: {},
  details,
  async run({ context }) {
    const answer = await (
      await administer(context)
    ).ask({ method: 'GET', area: 'ladders', path: '', answer: laddersSchema });
    return show(answer, context);
  },
});

const set = defineCommand({
  name: 'ladder set',
  summary: {
    vi: 'Đổi các bậc nhắc của một độ khẩn; thư đang chờ cũng theo bậc mới',
    en: 'Change the ladder of a priority; what waits goes on by it',
  },
  operands: [
    { name: 'PRIORITY', help: { vi: '0 (thường) … 4 (hỏa tốc hẹn giờ)', en: 'from 0 (ordinary) to 4' } },
    { name: 'RUNG', isRepeated: true, help: { vi: 'bậc, ví dụ 8wh:sender', en: 'a rung, as 8wh:sender' } },
  ],
  options: { reason: { type: 'string', placeholder: 'TEXT', help: { vi: 'Lý do', en: 'Reason' } } },
  details,
  examples: ['lienthong ladder set 0 2wh:operator 1wd:sender 14d:return --reason "Theo quy chế"'],
  async run({ options: { reason }, operands, context }) {
    const { PRIORITY: priority, RUNG: typed } = operands;
    if (reason === undefined) throw misused({ vi: 'Cần có --reason.', en: '--reason is needed.' });
    if (!/^[0-4]$/.test(priority)) {
      throw misused({ vi: 'Độ khẩn từ 0 đến 4.', en: 'A priority is a digit from 0 to 4.' });
    }
    const rungs = typed.map((text) => {
      const rung = parseRung(text);
      if (!rung) {
        throw misused({ vi: `“${text}” không phải là một bậc.`, en: `“${text}” is not a rung.` });
      }
      return rung;
    });
    const answer = await (
      await administer(context)
    ).ask({ method: 'PUT', area: 'ladders', path: priority, json: { rungs, reason }, answer: laddersSchema });
    return show(answer, context);
  },
});

function show(answer: z.infer<typeof laddersSchema>, { terminal }: Context): ExitCode {
  terminal.json(answer);
  terminal.table(
    [
      { title: terminal.say({ vi: 'Độ khẩn', en: 'Priority' }) },
      { title: terminal.say({ vi: 'Các bậc', en: 'Rungs' }), shrinks: true },
    ],
    answer.ladders.map(({ priority, rungs }) => [String(priority), rungs.map(formatRung).join(' ')]),
  );
  return exitCodes.ok;
}

export const ladderCommands: readonly Command[] = [list, set];
