/** What lấy lại and thu hồi have in common: whose copies, which document, and what became of it. */
import { isXmlText } from '#exchange/edxml';
import type { OutgoingParty, OutgoingResponseFor } from '#exchange/edxml';
import type { Context } from './command.ts';
import type { Sent, SentRow } from './connection/exchange.ts';
import { isRefusedByAxis } from './connection/exchange.ts';
import type { HttpBody } from './connection/http.ts';
import type { Settings } from './connection/settings.ts';
import { findAgency } from './connection/settings.ts';
import type { Failure } from './failure.ts';
import { misused, refused } from './failure.ts';
import type { Sending } from './find-sending.ts';
import type { Text } from './language.ts';
import { asOption, suggest } from './suggest.ts';
import { sayTakingBack, sayTransport } from './words.ts';

export const takingBackOptions = {
  as: { type: 'string', placeholder: 'CODE', help: { vi: 'Cơ quan gửi', en: 'The sending agency' } },
  'from-recipient': {
    type: 'string',
    multiple: true,
    placeholder: 'CODE',
    help: {
      vi: 'Chỉ nơi nhận này; lặp lại cho nhiều nơi (mặc định: mọi nơi nhận)',
      en: 'Only this receiver; repeat it for several (by default all of them)',
    },
  },
  reason: { type: 'string', placeholder: 'TEXT', help: { vi: 'Lý do', en: 'The reason' } },
} as const;

/** Those that the axis took it for; of these, the ones that were typed. */
export function chooseReceivers(
  { id, rows }: Sending,
  typed: readonly string[],
): readonly [SentRow, ...SentRow[]] {
  const reached = rows.filter((row) => !isRefusedByAxis(row));
  const unknown = typed.find((code) => !reached.some(({ toCode }) => toCode === code));
  if (unknown !== undefined) {
    const known = reached.map(({ toCode }) => toCode).join(', ');
    throw misused(
      {
        vi: `${unknown} không nhận được văn bản ${id}.`,
        en: `${unknown} is no receiver of the document ${id}.`,
      },
      { remedy: { vi: `Nơi nhận: ${known}`, en: `Its receivers: ${known}` } },
    );
  }
  const [first, ...others] = reached.filter(({ toCode }) => typed.length === 0 || typed.includes(toCode));
  if (first) return [first, ...others];
  throw refused({
    vi: 'Trục không chuyển văn bản này tới nơi nào, nên không có gì để lấy lại.',
    en: 'The axis took this document for no receiver, so there is nothing to take back.',
  });
}

export function referTo(row: SentRow, organId: string): OutgoingResponseFor {
  const { notation, promulgationDate, documentId } = row;
  return { organId, code: notation, promulgationDate, documentId };
}

export function partyOf(code: string, settings: Settings): OutgoingParty {
  return { organId: code, organName: findAgency(settings, code)?.name ?? code };
}

export function parseReason(reason: string | undefined): string | undefined {
  const text = reason?.normalize('NFC').trim();
  if (text === undefined || (text !== '' && isXmlText(text))) return text;
  throw misused({
    vi: '--reason rỗng hoặc có ký tự điều khiển.',
    en: '--reason is empty or holds control characters.',
  });
}

export function bodyOf(message: Buffer): HttpBody {
  return {
    sizeBytes: message.length,
    async *open() {
      yield message;
    },
  };
}

export interface TakenBack {
  readonly done: Text;
  readonly sent: readonly (Sent & { readonly receivers: readonly string[] })[];
  readonly unasked: readonly { readonly code: string; readonly failure: Failure }[];
}

/** Read again: only the axis knows whether the copy had been fetched. */
export async function showTakenBack(
  { exchange, id, rows: before }: Sending,
  { done, sent, unasked }: TakenBack,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  // The requests are out, whatever becomes of this reading.
  const rows = await exchange.listSent('document', id).catch(() => before);
  const asked = rows.filter(({ toCode }) => sent.some(({ receivers }) => receivers.includes(toCode)));
  const why = unasked.map(({ code, failure }) => ({
    code,
    error: { code: failure.code ?? null, sentence: failure.text[terminal.language] },
  }));
  terminal.json({
    docId: id,
    sent: sent.map(({ docId, receipt, receivers }) => ({ docId, receipt, receivers })),
    receivers: asked.map((row) => ({ code: row.toCode, takingBack: row.takingBack || null })),
    unasked: why,
  });
  terminal.line(`${terminal.style('green', '✓')} ${terminal.say(done)}`);
  terminal.line();
  terminal.table(
    [
      { title: terminal.say({ vi: 'Nơi nhận', en: 'Receiver' }) },
      { title: terminal.say({ vi: 'Kết quả', en: 'Outcome' }), shrinks: true },
    ],
    [
      ...asked.map((row) => [
        row.toCode,
        sayTakingBack(row, terminal.language) ||
          sayTransport(row.receiveStatus, row.receiveStatusDesc, terminal.language),
      ]),
      ...why.map(({ code, error }) => [code, error.sentence]),
    ],
  );
  terminal.line();
  const follow = suggest(context, ['status', id, ...asOption(before[0]?.fromCode || undefined)]);
  terminal.line(`${terminal.say({ vi: 'Theo dõi:', en: 'Follow it:' })} ${follow}`);
}
