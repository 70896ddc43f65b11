import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { administer } from '../administer.ts';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { HttpBody } from '../connection/http.ts';
import { exitCodes } from '../failure.ts';

export const organisationImport = defineCommand({
  name: 'organisation import',
  summary: { vi: 'Nhập danh mục cơ quan từ tệp TSV', en: 'Import organisations from a TSV file' },
  operands: [
    {
      name: 'FILE',
      help: {
        vi: 'tệp TSV, UTF-8, dòng đầu là tên cột',
        en: 'a TSV file in UTF-8, whose first line names the columns',
      },
    },
  ],
  options: {},
  details: {
    vi: 'Cột: code, name, level; và tùy có: old_code, parent_code, email, phone, fax, address.\nDòng không nhận được nêu từng dòng với lý do; mã thoát 1 nếu có. Nhập lại cùng tệp không đổi gì.',
    en: 'Columns: code, name, level; and where known: old_code, parent_code, email, phone, fax, address.\nEach refused line is reported with its reason; then the exit code is 1. Importing a file again changes nothing.',
  },
  examples: ['lienthong organisation import danh-muc.tsv'],
  async run({ operands: { FILE: file }, context }) {
    const { size: sizeBytes } = await stat(file);
    const report = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: 'organisation-imports',
      upload: { contentType: 'text/tab-separated-values', body: watched(file, sizeBytes, context) },
      answer: reportSchema,
    });
    show(report, context);
    return report.refused.length > 0 ? exitCodes.refused : exitCodes.ok;
  },
});

const reportSchema = z.object({
  added: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  refused: z.array(z.object({ line: z.number(), code: z.string(), reason: z.string(), title: z.string() })),
});

function watched(file: string, sizeBytes: number, { terminal }: Context): HttpBody {
  return {
    sizeBytes,
    async *open() {
      const progress = terminal.progress({ vi: 'Đang nhập danh mục', en: 'Importing' }, sizeBytes);
      try {
        for await (const chunk of createReadStream(file)) {
          progress.advance((chunk as Buffer).length);
          yield chunk as Buffer;
        }
      } finally {
        progress.finish();
      }
    },
  };
}

function show(
  { added, changed, unchanged, refused }: z.infer<typeof reportSchema>,
  { terminal }: Context,
): void {
  terminal.json({ added, changed, unchanged, refused });
  terminal.line(
    terminal.say({
      vi: `Thêm ${added} · sửa ${changed} · không đổi ${unchanged} · không nhận ${refused.length}`,
      en: `${added} added · ${changed} changed · ${unchanged} unchanged · ${refused.length} refused`,
    }),
  );
  if (refused.length === 0) return;
  terminal.line();
  terminal.table(
    [
      { title: terminal.say({ vi: 'Dòng', en: 'Line' }), align: 'right' },
      { title: terminal.say({ vi: 'Mã', en: 'Code' }) },
      { title: terminal.say({ vi: 'Lý do', en: 'Reason' }), shrinks: true },
    ],
    refused.map(({ line, code, title }) => [String(line), code, title]),
  );
}
