/** A document that one of the systems at hand sent, by either id: that of its sending, or the document's own. */
import type { Context } from './command.ts';
import type { ExchangeConnection, SentRow } from './connection/exchange.ts';
import { connectExchange } from './connection/exchange.ts';
import type { Settings } from './connection/settings.ts';
import { knownSystems, systemFor } from './connection/settings.ts';
import { refused } from './failure.ts';

export const sendingOperand = {
  name: 'ID',
  help: {
    vi: 'mã gửi mà "send" đã in, hoặc mã định danh văn bản',
    en: 'the id that "send" printed, or the identifier of the document',
  },
} as const;

export interface Sending {
  readonly exchange: ExchangeConnection;
  readonly id: string;
  /** One for each receiver, refused ones too. */
  readonly rows: readonly SentRow[];
}

export async function findSending(
  typed: string,
  { settings, code, context }: { settings: Settings; code: string | undefined; context: Context },
): Promise<Sending> {
  const systems = code === undefined ? knownSystems(settings) : [systemFor(settings, code)];
  if (systems.length === 0) systemFor(settings, undefined);
  for (const system of systems) {
    const exchange = connectExchange(system, context);
    const id = isSendingId(typed) ? typed : await findByDocumentId(exchange, typed);
    const rows = id === undefined ? [] : await exchange.listSent('document', id);
    if (id !== undefined && rows.length > 0) return { exchange, id, rows };
  }
  throw refused(
    { vi: `Không có văn bản đã gửi nào mang mã ${typed}.`, en: `No sent document has the id ${typed}.` },
    {
      remedy: {
        vi: 'Dùng mã gửi mà "send" đã in, và cơ quan gửi với --as.',
        en: 'Use the id that "send" printed, and the sending agency with --as.',
      },
    },
  );
}

function isSendingId(typed: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(typed);
}

/** Among the latest that the axis lists, newest first. A recall carries its document's id, so the oldest is the document. */
async function findByDocumentId(
  exchange: ExchangeConnection,
  documentId: string,
): Promise<string | undefined> {
  const rows = await exchange.listSent('document');
  return rows.findLast((row) => row.documentId === documentId)?.senderDocId;
}
