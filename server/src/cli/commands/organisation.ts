import { z } from 'zod';
import { administer, organisationSchema, unchanged, type ShownOrganisation } from '../administer.ts';
import type { Command, Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { parseDate } from '../compose-document.ts';
import { exitCodes, misused } from '../failure.ts';
import type { Text } from '../language.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { sayTime } from '../words.ts';

const codeOperand = {
  name: 'CODE',
  help: { vi: 'mã cơ quan, mới hoặc cũ', en: 'code of the organisation, new or old form' },
} as const;
const reasonOption = {
  type: 'string',
  placeholder: 'TEXT',
  help: { vi: 'Căn cứ, ví dụ số quyết định', en: 'Reason, such as the deciding document' },
} as const;
const text = (vi: string, en: string, placeholder = 'TEXT') =>
  ({ type: 'string', placeholder, help: { vi, en } }) as const;

const add = defineCommand({
  name: 'organisation add',
  summary: { vi: 'Thêm một cơ quan', en: 'Add an organisation' },
  operands: [
    {
      name: 'CODE',
      help: { vi: 'mã định danh mới, ví dụ H64.31', en: 'its code in the new form, e.g. H64.31' },
    },
  ],
  options: {
    name: text('Tên đầy đủ', 'Full name'),
    'old-code': text('Mã cũ 13 ký tự', 'The old 13-character code', 'CODE'),
    parent: text('Cơ quan cấp trên', 'The organisation above it', 'CODE'),
    level: text(
      'Cấp 1 … 4 (mặc định: dưới cấp trên một bậc)',
      'Level 1 … 4 (by default one below the parent)',
      '1-4',
    ),
    kind: text(
      'ordinary (mặc định), hoặc axis: chính trục này, mã có W00',
      'ordinary (default), or axis: this axis itself, a W00 code',
      'KIND',
    ),
    email: text('Thư điện tử', 'E-mail'),
    phone: text('Điện thoại', 'Telephone'),
    fax: text('Fax', 'Fax'),
    address: text('Địa chỉ', 'Address'),
  },
  examples: ['lienthong organisation add H64.33 --name "UBND xã Tân Lập, tỉnh Bắc Lâm" --parent H64'],
  async run({ options, operands: { CODE: code }, context }) {
    const {
      name,
      'old-code': oldCode,
      parent: parentCode,
      level,
      kind,
      email,
      phone,
      fax,
      address,
    } = options;
    if (name === undefined) throw misused({ vi: 'Cần có --name "TÊN".', en: '--name "NAME" is needed.' });
    if (level !== undefined && !/^[1-4]$/.test(level))
      throw misused({ vi: '--level là 1 … 4.', en: '--level is 1 … 4.' });
    if (kind !== undefined && kind !== 'ordinary' && kind !== 'axis') {
      throw misused({ vi: '--kind là ordinary hoặc axis.', en: '--kind is ordinary or axis.' });
    }
    const given = { code, name, oldCode, parentCode, kind, email, phone, fax, address };
    const organisation = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'organisations',
      json: { ...given, ...(level !== undefined && { level: Number(level) }) },
      answer: organisationSchema,
    });
    return showOne({ vi: 'Đã có trong danh mục', en: 'In the directory' }, organisation, context);
  },
});

const rename = defineCommand({
  name: 'organisation rename',
  summary: { vi: 'Đổi tên; văn bản cũ vẫn hiện tên cũ', en: 'Rename; older documents keep the former name' },
  operands: [codeOperand, { name: 'NAME', help: { vi: 'tên mới', en: 'the new name' } }],
  options: { on: text('Từ ngày (mặc định hôm nay)', 'From that day on (today by default)', 'DATE') },
  examples: ['lienthong organisation rename G10 "Bộ Nông nghiệp và Môi trường" --on 2025-03-01'],
  async run({ options, operands: { CODE: code, NAME: name }, context }) {
    const on = options.on === undefined ? undefined : parseDate(options.on, '--on').toString();
    const organisation = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: `organisations/${encodeURIComponent(code)}/names`,
      json: { name, on },
      answer: organisationSchema,
    });
    return showOne({ vi: 'Tên hiện nay', en: 'Its name now' }, organisation, context);
  },
});

const merge = defineCommand({
  name: 'organisation merge',
  summary: {
    vi: 'Sáp nhập một hoặc nhiều cơ quan vào một cơ quan',
    en: 'Merge one or more organisations into another',
  },
  operands: [{ ...codeOperand, isRepeated: true }],
  options: { into: text('Cơ quan kế thừa', 'The successor', 'CODE'), reason: reasonOption },
  details: {
    vi: 'Các cơ quan nêu tên kết thúc và chỉ sang cơ quan kế thừa; đơn vị cấp dưới chuyển theo; văn bản đang chờ vẫn nhận được.',
    en: 'Those named end and point to the successor; what stands below them moves over; waiting mail can still be collected.',
  },
  examples: ['lienthong organisation merge H64.31 H64.32 --into H64.33 --reason "Nghị quyết 12/NQ"'],
  async run({ options, operands: { CODE: codes }, context }) {
    const { into, reason } = options;
    if (into === undefined) throw misused({ vi: 'Cần có --into MÃ.', en: '--into CODE is needed.' });
    const { successor, merged } = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'mergers',
      json: { codes, into, reason },
      answer: z.object({ successor: organisationSchema, merged: z.number() }),
    });
    const { terminal } = context;
    terminal.json({ successor, merged });
    terminal.line(
      merged > 0
        ? `${terminal.style('green', '✓')} ${terminal.say({ vi: `Đã sáp nhập ${merged} cơ quan vào`, en: `${merged} merged into` })} ${successor.code} ${successor.name}`
        : `= ${terminal.say({ vi: 'Đã sáp nhập vào', en: 'Merged into' })} ${successor.code} ${successor.name} ${terminal.say(unchanged)}`,
    );
    return exitCodes.ok;
  },
});

const end = defineCommand({
  name: 'organisation end',
  summary: { vi: 'Kết thúc một cơ quan không có kế thừa', en: 'End an organisation without a successor' },
  operands: [codeOperand],
  options: { reason: reasonOption },
  async run({ options, operands: { CODE: code }, context }) {
    const directory = await administer(context);
    const path = `organisations/${encodeURIComponent(code)}`;
    const { state } = await directory.ask({ method: 'GET', path, answer: organisationSchema });
    const organisation = await directory.ask({
      method: 'POST',
      path: `${path}/ending`,
      json: { reason: options.reason },
      answer: organisationSchema,
    });
    const isChanged = state !== 'ended';
    return showOne({ vi: 'Đã kết thúc', en: 'Ended' }, organisation, context, { isChanged });
  },
});

const searchLimit = 100; // what the directory gives at most for one search

const search = defineCommand({
  name: 'organisation search',
  summary: { vi: 'Tìm theo mã hoặc tên, không cần dấu', en: 'Search by code or name, accents aside' },
  operands: [
    {
      name: 'WORDS',
      isRepeated: true,
      help: { vi: 'mã, hoặc vài chữ của tên', en: 'a code, or some words of the name' },
    },
  ],
  options: {
    limit: text(
      'Số kết quả (mặc định 20, tối đa 100)',
      'Number of results (20 by default, at most 100)',
      'N',
    ),
  },
  examples: ['lienthong organisation search so tai chinh bac lam'],
  async run({ options, operands: { WORDS: words }, context }) {
    const limit = Number(options.limit ?? '20');
    if (!Number.isInteger(limit) || limit < 1 || limit > searchLimit) {
      throw misused({ vi: `--limit là 1 … ${searchLimit}.`, en: `--limit is 1 … ${searchLimit}.` });
    }
    const { organisations } = await (
      await administer(context)
    ).ask({
      method: 'GET',
      path: 'organisations',
      query: { search: words.join(' '), limit: String(limit) },
      answer: z.object({ organisations: z.array(organisationSchema) }),
    });
    const { terminal } = context;
    terminal.json({ organisations });
    if (organisations.length === 0) {
      terminal.line(terminal.say({ vi: 'Không tìm thấy.', en: 'Nothing was found.' }));
      return exitCodes.ok;
    }
    terminal.table(
      [
        { title: terminal.say({ vi: 'Mã', en: 'Code' }) },
        { title: terminal.say({ vi: 'Mã cũ', en: 'Old code' }) },
        { title: terminal.say({ vi: 'Tên', en: 'Name' }), shrinks: true },
        { title: terminal.say({ vi: 'Cấp', en: 'Level' }), align: 'right' },
        { title: terminal.say({ vi: 'Trực thuộc', en: 'Below' }) },
        { title: terminal.say({ vi: 'Tình trạng', en: 'State' }), shrinks: true },
      ],
      organisations.map((found) => [
        found.code,
        found.oldCode ?? '',
        found.name,
        String(found.level),
        found.parentCode ?? '',
        sayState(found, terminal),
      ]),
    );
    return exitCodes.ok;
  },
});

const states = {
  active: { vi: 'hoạt động', en: 'active' },
  ended: { vi: 'đã kết thúc', en: 'ended' },
} as const;

/** Of an ended one also since when, and where its mail goes now. */
function sayState({ state, stateSince, successorCode }: ShownOrganisation, terminal: Terminal): string {
  if (state === 'active') return terminal.say(states.active);
  const day = stateSince === undefined ? '' : ` ${sayTime(stateSince).split(' ')[0]}`;
  return `${terminal.say(states.ended)}${day}${successorCode ? ` → ${successorCode}` : ''}`;
}

function showOne(
  done: Text,
  organisation: ShownOrganisation,
  { terminal }: Context,
  { isChanged } = { isChanged: true },
) {
  terminal.json({ organisation, ...(!isChanged && { changed: false }) });
  const mark = isChanged ? terminal.style('green', '✓') : '=';
  const already = isChanged ? '' : ` ${terminal.say(unchanged)}`;
  terminal.line(`${mark} ${terminal.say(done)}: ${organisation.code} ${organisation.name}${already}`);
  return exitCodes.ok;
}

export const organisationCommands: readonly Command[] = [add, rename, merge, end, search];
