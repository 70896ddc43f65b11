/** Operators: each changes its own secret without an interruption; who leaves is retired by another. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { administer } from '../administer.ts';
import { defineCommand, type Context } from '../command.ts';
import { exitCodes } from '../failure.ts';
import type { Text } from '../language.ts';
import { sayTime } from '../words.ts';

const operatorSchema = z.looseObject({
  id: z.string(),
  createdAt: z.string(),
  rotatedAt: z.string().nullable(),
  hasFormerSecret: z.boolean(),
  retiredAt: z.string().nullable(),
});

const list = defineCommand({
  name: 'operator list',
  summary: { vi: 'Các tài khoản quản trị trục', en: 'The operators of the axis' },
  operands: [],
  options: {},
  async run({ context }) {
    const { operators } = await (
      await administer(context)
    ).ask({
      method: 'GET',
      path: 'operators',
      query: { limit: '1000' },
      answer: z.object({ operators: z.array(operatorSchema) }),
    });
    const { terminal } = context;
    terminal.json({ operators });
    terminal.table(
      [
        { title: 'Id', shrinks: true },
        { title: terminal.say({ vi: 'Cấp lúc', en: 'Issued' }) },
        { title: terminal.say({ vi: 'Đổi khóa lúc', en: 'Rotated' }) },
        { title: terminal.say({ vi: 'Tình trạng', en: 'State' }) },
      ],
      operators.map((operator) => [
        operator.id,
        sayTime(operator.createdAt),
        operator.rotatedAt === null ? '' : sayTime(operator.rotatedAt),
        terminal.say(stateOf(operator)),
      ]),
    );
    return exitCodes.ok;
  },
});

function stateOf({ retiredAt, hasFormerSecret }: z.infer<typeof operatorSchema>): Text {
  if (retiredAt !== null)
    return { vi: `hết quyền ${sayTime(retiredAt)}`, en: `retired ${sayTime(retiredAt)}` };
  if (hasFormerSecret) return { vi: 'khóa cũ còn hiệu lực', en: 'the former secret still opens' };
  return { vi: 'đang dùng', en: 'active' };
}

const rotate = defineCommand({
  name: 'operator rotate',
  summary: {
    vi: 'Đổi khóa bí mật của chính mình; khóa đang dùng còn hiệu lực',
    en: 'Change your own secret; the one in use stays valid',
  },
  operands: [],
  options: {},
  details: {
    vi: 'Đưa khóa mới vào LIENTHONG_OPERATOR_SECRET ở mọi nơi dùng, rồi chạy "lienthong operator end-former" bằng khóa mới.',
    en: 'Put the new secret into LIENTHONG_OPERATOR_SECRET wherever it is used, then run "lienthong operator end-former" with it.',
  },
  examples: ['lienthong operator rotate'],
  async run({ context }) {
    // Made here: a request whose answer was lost is sent again with the same secret, and finds it done.
    const secret = randomBytes(32).toString('base64url');
    const operator = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'operator/secrets',
      makesSecret: true,
      json: { secret },
      answer: operatorSchema,
    });
    const { terminal } = context;
    terminal.json({ operator, secret });
    showDone({ vi: 'Đã cấp khóa mới cho', en: 'New secret of' }, operator.id, context);
    terminal.line();
    terminal.line(
      terminal.say({ vi: 'Khóa bí mật chỉ in ra lần này:', en: 'The secret is printed this once:' }),
    );
    terminal.line(`  LIENTHONG_OPERATOR_ID=${operator.id}`);
    terminal.line(`  LIENTHONG_OPERATOR_SECRET=${secret}`);
    terminal.line();
    terminal.line(
      terminal.say({
        vi: 'Khóa cũ còn hiệu lực cho tới "lienthong operator end-former".',
        en: 'The former one opens until "lienthong operator end-former".',
      }),
    );
    return exitCodes.ok;
  },
});

const endFormer = defineCommand({
  name: 'operator end-former',
  summary: {
    vi: 'Chấm dứt khóa cũ của chính mình (chạy bằng khóa mới)',
    en: 'End your own former secret (run with the new one)',
  },
  operands: [],
  options: {},
  async run({ context }) {
    const operator = await (
      await administer(context)
    ).ask({ method: 'DELETE', path: 'operator/secrets/former', answer: operatorSchema });
    context.terminal.json({ operator });
    showDone({ vi: 'Chỉ còn khóa mới hiệu lực', en: 'Only the new secret opens' }, operator.id, context);
    return exitCodes.ok;
  },
});

const retire = defineCommand({
  name: 'operator retire',
  summary: {
    vi: 'Chấm dứt hẳn quyền của một quản trị khác (nghỉ việc, lộ hoặc mất khóa)',
    en: 'End another operator for good (left, or its secret was stolen or lost)',
  },
  operands: [{ name: 'OPERATOR', help: { vi: 'tài khoản quản trị', en: 'id of the operator' } }],
  options: {},
  examples: ['lienthong operator retire nguyen-van-a'],
  async run({ operands: { OPERATOR: id }, context }) {
    const operator = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: `operators/${encodeURIComponent(id)}/retirement`,
      answer: operatorSchema,
    });
    context.terminal.json({ operator });
    showDone({ vi: 'Đã hết quyền', en: 'Retired' }, id, context);
    return exitCodes.ok;
  },
});

function showDone(done: Text, id: string, { terminal }: Context): void {
  terminal.line(`${terminal.style('green', '✓')} ${terminal.say(done)}: ${id}`);
}

export const operatorCommands = [list, rotate, endFormer, retire];
