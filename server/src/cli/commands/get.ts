import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { loadSettings } from '../connection/settings.ts';
import { misused } from '../failure.ts';
import { exchangeOfDelivery } from '../mailboxes.ts';
import { receiptOption, saveReceipt, tellKept } from '../save-receipt.ts';
import { asOption, suggest } from '../suggest.ts';
import { saySize } from '../words.ts';
import { assertWritable } from '../writable-file.ts';

export const get = defineCommand({
  name: 'get',
  summary: { vi: 'Lấy một thông điệp về tệp', en: 'Fetch a message into a file' },
  operands: [{ name: 'ID', help: { vi: 'mã trong "inbox"', en: 'the id from "inbox"' } }],
  options: {
    as: { type: 'string', placeholder: 'CODE', help: { vi: 'Cơ quan nhận', en: 'The receiving agency' } },
    out: {
      type: 'string',
      placeholder: 'FILE',
      help: { vi: 'Tên tệp (mặc định ID.edxml)', en: 'Name of the file (ID.edxml by default)' },
    },
    attachments: {
      type: 'string',
      placeholder: 'DIR',
      help: {
        vi: 'Ghi thêm các tệp đính kèm, đã mở gói, vào thư mục này',
        en: 'Also write the attachments, unwrapped, into this folder',
      },
    },
    receipt: receiptOption,
    force: { type: 'boolean', help: { vi: 'Ghi đè tệp đã có', en: 'Overwrite a file that exists' } },
  },
  details: {
    vi: 'Trục ghi nhận là đã lấy về. Sau khi lưu xong hãy xác nhận: lienthong mark ID done',
    en: 'The axis notes it as fetched. Once it is stored, confirm it: lienthong mark ID done',
  },
  examples: ['lienthong get 0199…', 'lienthong get 0199… --attachments van-ban-den'],
  async run({ options, operands: { ID: id }, context }) {
    const path = options.out ?? defaultName(id);
    if (!options.force) await refuseExisting(path);
    // Fetching is noted by the axis, so what cannot be written is told before.
    await assertWritable(path);
    if (options.receipt !== undefined) await assertWritable(options.receipt);
    const settings = await loadSettings(context);
    const exchange = await exchangeOfDelivery(id, { settings, code: options.as, context });
    const message = await exchange.download(id);
    const saved = await save(message, path, context);

    const { terminal } = context;
    terminal.line(`${terminal.style('green', '✓')} ${path} (${saySize(saved.sizeBytes)})`);
    const files = options.attachments === undefined ? [] : await writeAttachments(path, options.attachments);
    for (const file of files) terminal.line(`  ${file.path} (${saySize(file.sizeBytes)})`);
    const kept = await saveReceipt(message.receipt, options.receipt, {
      baseUrl: settings.baseUrl,
      context,
    });
    terminal.json({
      id,
      file: path,
      ...saved,
      attachments: files,
      receipt: message.receipt ?? null,
      receiptFile: kept.saved?.path ?? null,
    });
    if (kept.saved) {
      terminal.line(
        `  ${terminal.say({ vi: 'Biên nhận', en: 'Receipt' })}: ${kept.saved.path} (${kept.saved.level})`,
      );
    }
    terminal.line();
    terminal.line(
      `${terminal.say({ vi: 'Đã lưu thì xác nhận', en: 'Once stored, confirm' })}: ${suggest(context, ['mark', id, 'done', ...asOption(options.as)])}`,
    );
    return tellKept(kept, message.receipt, context);
  },
});

/** The id becomes a file name here, so nothing but an id may pass. */
function defaultName(id: string): string {
  if (/^[A-Za-z0-9-]{1,100}$/.test(id)) return `${id}.edxml`;
  throw misused({ vi: `"${id}" không phải một mã.`, en: `"${id}" is not an id.` });
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw misused(
    { vi: `Tệp ${path} đã có.`, en: `The file ${path} exists.` },
    {
      remedy: {
        vi: 'Đổi tên bằng --out FILE, hoặc ghi đè bằng --force.',
        en: 'Name another with --out FILE, or overwrite it with --force.',
      },
    },
  );
}

async function writeAttachments(path: string, folder: string) {
  // Loaded only when asked for: the reader of packages is the largest part of this command.
  const { extractAttachments } = await import('../edxml/extract-attachments.ts');
  return extractAttachments(path, folder);
}

/** Into a file beside, then renamed: a cut download never looks like a message. */
async function save(
  { content, sizeBytes }: { content: AsyncIterable<Buffer>; sizeBytes: number | undefined },
  path: string,
  { terminal }: Context,
): Promise<{ sizeBytes: number; sha256: string }> {
  const half = `${path}.part`;
  const hash = createHash('sha256');
  let savedBytes = 0;
  const progress = terminal.progress({ vi: 'Đang tải', en: 'Fetching' }, sizeBytes);
  const watched = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      hash.update(chunk);
      savedBytes += chunk.length;
      progress.advance(chunk.length);
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from(watched(), { objectMode: false }), createWriteStream(half, { flush: true }));
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  } finally {
    progress.finish();
  }
  return { sizeBytes: savedBytes, sha256: hash.digest('hex') };
}
