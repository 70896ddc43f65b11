import { z } from 'zod';
import {
  administer,
  assignmentSchema,
  credentialSchema,
  listedSystemSchema,
  nothingSchema,
  systemSchema,
  unchanged,
  type ShownSystem,
} from '../administer.ts';
import type { Command, Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { AdministrationConnection } from '../connection/administration.ts';
import { exitCodes, misused } from '../failure.ts';
import type { Text } from '../language.ts';
import { suggest } from '../suggest.ts';
import {
  chosenCredential,
  credentialOptions,
  credentials,
  retire,
  rotate,
  showCredential,
  systemOperand,
} from './system-credential.ts';
import { quota } from './system-quota.ts';

const reasonOption = { type: 'string', placeholder: 'TEXT', help: { vi: 'Lý do', en: 'Reason' } } as const;
const add = defineCommand({
  name: 'system add',
  summary: {
    vi: 'Kết nối một hệ thống; khóa bí mật chỉ in ra một lần',
    en: 'Connect a system; its secret is printed once',
  },
  operands: [systemOperand],
  options: {
    name: { type: 'string', placeholder: 'TEXT', help: { vi: 'Tên hệ thống', en: 'Name of the system' } },
    parent: {
      type: 'string',
      placeholder: 'CODE',
      help: {
        vi: 'Gốc của phạm vi hệ thống được tự đăng ký cơ quan',
        en: 'Root of what the system may register by itself',
      },
    },
    normalise: {
      type: 'boolean',
      help: {
        vi: 'Nhận edXML đã chuẩn hóa thay vì nguyên bản',
        en: 'It receives normalised edXML instead of the original bytes',
      },
    },
    'no-approval': {
      type: 'boolean',
      help: {
        vi: 'Đăng ký của hệ thống có hiệu lực ngay',
        en: 'What it registers takes effect without approval',
      },
    },
    ...credentialOptions,
  },
  examples: [
    'lienthong system add btc.qlvb --name "QLVB Bộ Tài chính"',
    'lienthong system add btc.api --name "QLVB Bộ Tài chính" --public-key khoa-cong-khai.pem',
  ],
  async run({ options, operands: { SYSTEM: externalId }, context }) {
    const { name, parent: parentCode } = options;
    if (name === undefined) throw misused({ vi: 'Cần có --name "TÊN".', en: '--name "NAME" is needed.' });
    const chosen = await chosenCredential(options);
    const { system, credential } = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'systems',
      makesSecret: true,
      json: {
        externalId,
        name,
        parentCode,
        ...chosen,
        normalisesOutgoing: options.normalise,
        needsApproval: !options['no-approval'],
      },
      answer: z.object({ system: systemSchema, credential: credentialSchema }),
    });
    context.terminal.json({ system, credential });
    showCredential({ vi: 'Đã kết nối', en: 'Connected' }, { system: externalId, credential }, context);
    context.terminal.line();
    context.terminal.line(
      `${context.terminal.say({ vi: 'Tiếp theo', en: 'Next' })}: ${suggest(context, ['system', 'assign', externalId, context.terminal.say({ vi: 'MÃ', en: 'CODE' })])}`,
    );
    return exitCodes.ok;
  },
});

const assign = defineCommand({
  name: 'system assign',
  summary: {
    vi: 'Cho hệ thống gửi và nhận thay cơ quan',
    en: 'Let a system send and receive for organisations',
  },
  operands: [
    systemOperand,
    { name: 'CODE', isRepeated: true, help: { vi: 'các cơ quan', en: 'the organisations' } },
  ],
  options: {
    'sends-only': {
      type: 'boolean',
      help: {
        vi: 'Chỉ gửi thay; hệ thống nhận giữ nguyên',
        en: 'Only send for them; the receiving system stays as it is',
      },
    },
    withdraw: {
      type: 'boolean',
      help: { vi: 'Thôi không thay các cơ quan này nữa', en: 'No longer act for them' },
    },
  },
  details: {
    vi: 'Mỗi lúc một cơ quan chỉ có một hệ thống nhận; hộp thư thuộc về cơ quan, đổi hệ thống không mất gì.',
    en: 'An organisation has one receiving system at a time; the mailbox is its own, so a change loses nothing.',
  },
  examples: ['lienthong system assign btc.qlvb G12 G12.18'],
  async run({ options, operands: { SYSTEM: system, CODE: codes }, context }) {
    if (options.withdraw && options['sends-only']) {
      throw misused({
        vi: '--withdraw và --sends-only loại trừ nhau.',
        en: '--withdraw and --sends-only exclude each other.',
      });
    }
    const directory = await administer(context);
    const path = `systems/${encodeURIComponent(system)}/organisations`;
    const { terminal } = context;
    const done: string[] = [];
    for (const code of codes) {
      // One by one: what was done stands, also where a later one is refused.
      const former = options.withdraw
        ? await directory.ask({
            method: 'DELETE',
            path: `${path}/${encodeURIComponent(code)}`,
            answer: nothingSchema.transform(() => null),
          })
        : (
            await directory.ask({
              method: 'POST',
              path,
              json: { code, receives: !options['sends-only'] },
              answer: assignmentSchema,
            })
          ).formerReceivingSystem;
      done.push(code);
      const instead =
        former === null
          ? ''
          : terminal.say({ vi: ` (nhận thay ${former})`, en: ` (receives instead of ${former})` });
      terminal.line(
        `${terminal.style('green', '✓')} ${system} ${options.withdraw ? '✕' : '→'} ${code}${instead}`,
      );
    }
    terminal.json({
      system,
      [options.withdraw ? 'withdrawn' : 'assigned']: done,
      receives: !options['sends-only'],
    });
    return exitCodes.ok;
  },
});

const suspend = defineCommand({
  name: 'system suspend',
  summary: {
    vi: 'Tạm ngừng một hệ thống; văn bản của cơ quan vẫn chờ',
    en: 'Suspend a system; mail for its organisations waits',
  },
  operands: [systemOperand],
  options: { reason: reasonOption },
  async run({ options, operands: { SYSTEM: system }, context }) {
    const directory = await administer(context);
    const before = await readState(directory, system);
    const changed = await directory.ask({
      method: 'POST',
      path: `systems/${encodeURIComponent(system)}/suspension`,
      json: { reason: options.reason },
      answer: systemSchema,
    });
    return showState({ vi: 'Đã tạm ngừng', en: 'Suspended' }, { before, changed }, context);
  },
});

const resume = defineCommand({
  name: 'system resume',
  summary: { vi: 'Cho hệ thống hoạt động lại', en: 'Let a suspended system in again' },
  operands: [systemOperand],
  options: {},
  async run({ operands: { SYSTEM: system }, context }) {
    const directory = await administer(context);
    const before = await readState(directory, system);
    const changed = await directory.ask({
      method: 'DELETE',
      path: `systems/${encodeURIComponent(system)}/suspension`,
      answer: systemSchema,
    });
    return showState({ vi: 'Đang hoạt động', en: 'Active' }, { before, changed }, context);
  },
});

const pageSize = 1_000;

const list = defineCommand({
  name: 'system list',
  summary: { vi: 'Các hệ thống kết nối', en: 'The connected systems' },
  operands: [],
  options: {},
  async run({ context }) {
    const directory = await administer(context);
    const systems: z.infer<typeof listedSystemSchema>[] = [];
    let after: string | undefined;
    do {
      const page = await directory.ask({
        method: 'GET',
        path: 'systems',
        query: { after, limit: String(pageSize) },
        answer: z.object({ systems: z.array(listedSystemSchema), next: z.string().nullable() }),
      });
      systems.push(...page.systems);
      after = page.next ?? undefined;
    } while (after !== undefined);
    const { terminal } = context;
    terminal.json({ systems });
    terminal.table(
      [
        { title: terminal.say({ vi: 'Định danh', en: 'Id' }) },
        { title: terminal.say({ vi: 'Tên', en: 'Name' }), shrinks: true },
        { title: terminal.say({ vi: 'Nhận thay', en: 'Receives for' }), shrinks: true },
        { title: terminal.say({ vi: 'Chỉ gửi thay', en: 'Sends only for' }), shrinks: true },
        { title: terminal.say({ vi: 'Gốc đăng ký', en: 'Registers below' }) },
        { title: terminal.say({ vi: 'Tình trạng', en: 'State' }) },
        { title: terminal.say({ vi: 'Lý do', en: 'Reason' }), shrinks: true },
      ],
      systems.map((system) => [
        system.externalId,
        system.name,
        codesOf(system, true),
        codesOf(system, false),
        system.parentCode ?? '',
        terminal.say(states[system.state]),
        system.stateReason ?? '',
      ]),
    );
    return exitCodes.ok;
  },
});

/** The axis lists the first few codes; more of them are told by their number. */
function codesOf(system: z.infer<typeof listedSystemSchema>, receives: boolean): string {
  const { organisations, organisationCount } = system;
  const codes = organisations.filter((listed) => listed.receives === receives).map(({ code }) => code);
  const further = organisationCount - organisations.length;
  return [...codes, ...(receives && further > 0 ? [`… +${further}`] : [])].join(' ');
}

async function readState(directory: AdministrationConnection, system: string): Promise<ShownSystem['state']> {
  const path = `systems/${encodeURIComponent(system)}`;
  return (await directory.ask({ method: 'GET', path, query: { limit: '1' }, answer: systemSchema })).state;
}

const states = {
  active: { vi: 'hoạt động', en: 'active' },
  suspended: { vi: 'tạm ngừng', en: 'suspended' },
} as const;

function showState(
  done: Text,
  { before, changed: system }: { before: ShownSystem['state']; changed: ShownSystem },
  { terminal }: Context,
) {
  const isChanged = before !== system.state;
  terminal.json({ system, changed: isChanged });
  const mark = isChanged ? terminal.style('green', '✓') : '=';
  const already = isChanged ? '' : ` ${terminal.say(unchanged)}`;
  terminal.line(`${mark} ${terminal.say(done)}: ${system.externalId} ${system.name}${already}`);
  return exitCodes.ok;
}

export const systemCommands: readonly Command[] = [
  add,
  assign,
  rotate,
  retire,
  credentials,
  quota,
  suspend,
  resume,
  list,
];
