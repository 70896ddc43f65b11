/**
 * The whole way of a letter, as two real clients make it: the sender sends; the receiver lists, fetches, marks it
 * done and answers with status 03; the sender lists, fetches and marks that status. Eight requests.
 */
import { hash } from 'node:crypto';
import { createLetters, writeStatus } from './letter.ts';
import { writeSendHead } from './send-traffic.ts';
import { readAnswer, sendParameters, writeHead } from './vxp-call.ts';
import type { HttpAnswer, HttpConnection } from './http-connection.ts';
import type { Act } from './pace.ts';
import type { ConnectedParty } from './send-traffic.ts';

export interface CycleTraffic {
  readonly kind: 'cycle';
  /** One for each caller: a mailbox that two callers empty would hand one the letter of the other. */
  readonly pairs: readonly { readonly sender: ConnectedParty; readonly receiver: ConnectedParty }[];
  readonly sizeBytes: number;
  readonly runId: string;
}

export function prepareCycles(traffic: CycleTraffic, connections: readonly HttpConnection[]): Act {
  const desks = traffic.pairs.map((pair) => ({
    ...pair,
    letters: createLetters({ ...traffic, from: pair.sender, to: [pair.receiver] }),
  }));
  return async (caller, ordinal) => {
    const { sender, receiver, letters } = desks[caller]!;
    const connection = connections[caller]!;
    readAnswer(
      await connection.request([writeSendHead(sender, letters, ordinal), ...letters.parts(ordinal)]),
    );

    const mailbox = clientOf(receiver, connection);
    const letterId = await mailbox.first('edoc');
    const fetched = await mailbox.call('downloadEdoc', { docId: letterId });
    if (fetched.status !== 200 || fetched.body.length !== letters.sizeBytes) {
      throw new Error(
        `fetched ${fetched.body.length} bytes with status ${fetched.status}, not ${letters.sizeBytes}`,
      );
    }
    readAnswer(await mailbox.call('updateStatus', { docId: letterId, status: 'done' }));
    const status = writeStatus({
      from: receiver,
      to: sender,
      documentId: letters.documentId(ordinal),
      statusCode: '03',
    });
    readAnswer(await mailbox.send(status));

    const answers = clientOf(sender, connection);
    const statusId = await answers.first('status');
    readAnswer(await answers.call('getEdoc', { docId: statusId, filePath: 'xml' }));
    readAnswer(await answers.call('updateStatus', { docId: statusId, status: 'done' }));
  };
}

function clientOf(party: ConnectedParty, connection: HttpConnection) {
  const credentials = { systemId: party.system.id, secret: party.system.secret };
  const call = (operation: string, parameters: Record<string, string>): Promise<HttpAnswer> =>
    connection.request([writeHead({ credentials, operation, parameters })]);
  return {
    call,
    async first(messagetype: 'edoc' | 'status'): Promise<string> {
      const answer = await call('getReceivedEdocList', { servicetype: 'eDoc', messagetype });
      const first = readAnswer(answer).data?.[0];
      if (!first) throw new Error(`the mailbox of ${party.code} holds no ${messagetype}`);
      return first.docId;
    },
    send(message: Buffer): Promise<HttpAnswer> {
      const digest = hash('sha256', message, 'buffer');
      const parameters = sendParameters({ from: party.code, messageType: 'status', digest });
      const head = writeHead({ credentials, operation: 'sendEdoc', parameters, bodyBytes: message.length });
      return connection.request([head, message]);
    },
  };
}
