import { z } from 'zod';
import { administer } from '../administer.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import { systemOperand } from './system-credential.ts';

const bounds = {
  'requests-per-second': 'requestsPerSecond',
  'messages-per-minute': 'messagesPerMinute',
  uploads: 'uploads',
  'upload-bytes': 'uploadBytes',
} as const;
type Bound = keyof typeof bounds;

const fields = (value: z.ZodType<number | null>) =>
  z.object({ requestsPerSecond: value, messagesPerMinute: value, uploads: value, uploadBytes: value });
const quotaSchema = z.object({ effective: fields(z.number()), override: fields(z.number().nullable()) });

const number = (vi: string, en: string) =>
  ({
    type: 'string',
    placeholder: 'N',
    help: { vi: `${vi} (số, hoặc default)`, en: `${en} (a number, or default)` },
  }) as const;

export const quota = defineCommand({
  name: 'system quota',
  summary: { vi: 'Xem hoặc đổi hạn mức của một hệ thống', en: 'Show or change how much a system may ask' },
  operands: [systemOperand],
  options: {
    'requests-per-second': number('Yêu cầu mỗi giây', 'Requests a second'),
    'messages-per-minute': number('Văn bản và trạng thái mỗi phút', 'Documents and statuses a minute'),
    uploads: number('Số gói tin nhận cùng lúc', 'Packages being received at once'),
    'upload-bytes': number('Tổng số byte của chúng', 'Their bytes together'),
  },
  details: {
    vi: 'Có hiệu lực ngay ở mọi tiến trình. Hạn mức tính cho từng tiến trình máy chủ. Để chặn hẳn: system suspend.',
    en: 'It holds at once in every process. Each server process counts by itself. To stop a system: system suspend.',
  },
  examples: [
    'lienthong system quota btc.qlvb',
    'lienthong system quota btc.qlvb --messages-per-minute 600 --uploads default',
  ],
  async run({ options, operands: { SYSTEM: system }, context }) {
    const changes = Object.fromEntries(
      (Object.keys(bounds) as Bound[]).flatMap((name) =>
        options[name] === undefined ? [] : [[bounds[name], parseBound(name, options[name])]],
      ),
    );
    const isChange = Object.keys(changes).length > 0;
    const answer = await (
      await administer(context)
    ).ask({
      method: isChange ? 'PATCH' : 'GET',
      path: `systems/${encodeURIComponent(system)}/quota`,
      ...(isChange && { json: changes }),
      answer: quotaSchema,
    });
    const { terminal } = context;
    terminal.json({ system, ...answer });
    terminal.table(
      [
        { title: terminal.say({ vi: 'Hạn mức', en: 'Quota' }) },
        { title: terminal.say({ vi: 'Giá trị', en: 'Value' }) },
        { title: '' },
      ],
      (Object.keys(bounds) as Bound[]).map((name) => [
        terminal.say(quota.options[name]!.help).replace(/ \(.*/, ''),
        String(answer.effective[bounds[name]]),
        answer.override[bounds[name]] === null ? terminal.say({ vi: 'mặc định', en: 'default' }) : '',
      ]),
    );
    return exitCodes.ok;
  },
});

function parseBound(name: Bound, text: string): number | null {
  if (text === 'default') return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw misused({
    vi: `--${name} phải là số nguyên dương, hoặc default.`,
    en: `--${name} is a whole number above 0, or default.`,
  });
}
