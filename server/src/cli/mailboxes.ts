/**
 * Which of the systems at hand an id belongs to. A sandbox has a system for every agency; a person who copies an id
 * from `inbox` should not have to say again whose it was. Only lists are asked, which change nothing.
 */
import type { Context } from './command.ts';
import type { ExchangeConnection, MessageKind, Received } from './connection/exchange.ts';
import { connectExchange } from './connection/exchange.ts';
import type { Settings } from './connection/settings.ts';
import { knownSystems, systemFor } from './connection/settings.ts';
import { misused } from './failure.ts';

// A sandbox has about ten; with more, someone means one of them.
const searchedSystemsLimit = 50;
export const messageKinds = ['document', 'status'] as const satisfies readonly MessageKind[];

export interface Mailbox {
  readonly exchange: ExchangeConnection;
  readonly kind: MessageKind;
  readonly messages: readonly Received[];
}

export async function openMailboxes(
  settings: Settings,
  code: string | undefined,
  context: Context,
  kinds: readonly MessageKind[] = messageKinds,
): Promise<Mailbox[]> {
  const systems = code === undefined ? knownSystems(settings) : [systemFor(settings, code)];
  if (systems.length === 0 || systems.length > searchedSystemsLimit) systemFor(settings, undefined);
  const mailboxes: Mailbox[] = [];
  for (const system of systems) {
    const exchange = connectExchange(system, context);
    for (const kind of kinds) mailboxes.push({ exchange, kind, messages: await exchange.listReceived(kind) });
  }
  return mailboxes;
}

/** The system that received this delivery. What is done has left the lists; then `--as` must say it. */
export async function exchangeOfDelivery(
  id: string,
  { settings, code, context }: { settings: Settings; code: string | undefined; context: Context },
): Promise<ExchangeConnection> {
  if (code !== undefined || knownSystems(settings).length <= 1)
    return connectExchange(systemFor(settings, code), context);
  const owner = (await openMailboxes(settings, undefined, context)).find(({ messages }) =>
    messages.some(({ docId }) => docId === id),
  );
  if (owner) return owner.exchange;
  throw misused(
    {
      vi: `Không hộp thư nào đang chờ có văn bản ${id}.`,
      en: `No mailbox holds ${id} among what is waiting.`,
    },
    {
      remedy: {
        vi: 'Nếu đã nhận xong trước đây, hãy ghi rõ cơ quan nhận: --as MÃ. Xem: lienthong inbox',
        en: 'If it was done before, name the receiving agency: --as CODE. See: lienthong inbox',
      },
    },
  );
}
