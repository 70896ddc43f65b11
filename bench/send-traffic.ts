/** Letters, one after the other, signed before the clock starts: the MAC covers the headers alone. */
import { createLetters } from './letter.ts';
import { readAnswer, sendParameters, writeHead } from './vxp-call.ts';
import type { HttpConnection } from './http-connection.ts';
import type { Letters, Party } from './letter.ts';
import type { Act } from './pace.ts';

/** An organisation with its own system. */
export interface ConnectedParty extends Party {
  readonly system: { readonly id: string; readonly secret: string };
}

export interface SendTraffic {
  readonly kind: 'send';
  /** Who writes to whom; they take turns, since a system has a quota. */
  readonly desks: readonly { readonly sender: ConnectedParty; readonly to: readonly Party[] }[];
  readonly sizeBytes: number;
  readonly runId: string;
  /** Letters to sign beforehand; what is sent beyond them is signed on the way. */
  readonly preparedCount: number;
}

export function prepareSends(traffic: SendTraffic, connections: readonly HttpConnection[]): Act {
  const desks = traffic.desks.map(({ sender, to }) => ({
    sender,
    letters: createLetters({ ...traffic, from: sender, to }),
  }));
  const deskOf = (ordinal: number) => desks[ordinal % desks.length]!;
  const headOf = (ordinal: number): Buffer => {
    const { sender, letters } = deskOf(ordinal);
    return writeSendHead(sender, letters, ordinal);
  };
  const heads = Array.from({ length: traffic.preparedCount }, (_, ordinal) => headOf(ordinal));

  return async (caller, ordinal) => {
    const head = heads[ordinal] ?? headOf(ordinal);
    readAnswer(await connections[caller]!.request([head, ...deskOf(ordinal).letters.parts(ordinal)]));
  };
}

export function writeSendHead(sender: ConnectedParty, letters: Letters, number: number): Buffer {
  return writeHead({
    credentials: { systemId: sender.system.id, secret: sender.system.secret },
    operation: 'sendEdoc',
    parameters: sendParameters({ from: sender.code, messageType: 'edoc', digest: letters.digest(number) }),
    bodyBytes: letters.sizeBytes,
  });
}
