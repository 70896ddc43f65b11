/** Receivers on a bad line: each letter is sent to them, and fetched as slowly as the line lets it through. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLetters } from './letter.ts';
import { writeSendHead } from './send-traffic.ts';
import { readAnswer, writeHead } from './vxp-call.ts';
import type { CycleTraffic } from './cycle-traffic.ts';
import type { Address, HttpConnection } from './http-connection.ts';
import type { Act } from './pace.ts';

export interface SlowTraffic extends Pick<CycleTraffic, 'pairs' | 'sizeBytes' | 'runId'> {
  readonly kind: 'slow';
  readonly bytesPerSecond: number;
}

export function prepareSlowFetches(
  { pairs, bytesPerSecond, ...template }: SlowTraffic,
  connections: readonly HttpConnection[],
  address: Address,
): Act {
  return async (caller, ordinal) => {
    const { sender, receiver } = pairs[caller]!;
    const connection = connections[caller]!;
    const letters = createLetters({ ...template, from: sender, to: [receiver] });
    readAnswer(
      await connection.request([writeSendHead(sender, letters, ordinal), ...letters.parts(ordinal)]),
    );
    const credentials = { systemId: receiver.system.id, secret: receiver.system.secret };
    const call = (operation: string, parameters: Record<string, string>): Buffer =>
      writeHead({ credentials, operation, parameters });
    const page = { servicetype: 'eDoc', messagetype: 'edoc' };
    const list = readAnswer(await connection.request([call('getReceivedEdocList', page)]));
    const docId = list.data![0]!.docId;
    await readSlowly(address, call('downloadEdoc', { docId }), {
      sizeBytes: letters.sizeBytes,
      bytesPerSecond,
    });
    readAnswer(await connection.request([call('updateStatus', { docId, status: 'done' })]));
  };
}

async function readSlowly(
  address: Address,
  head: Buffer,
  { sizeBytes, bytesPerSecond }: { readonly sizeBytes: number; readonly bytesPerSecond: number },
): Promise<void> {
  const socket = connect(address);
  socket.write(head);
  let receivedBytes = 0;
  // What is not read stays in the buffers of the network, and then in the server's.
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    if (receivedBytes >= sizeBytes) break;
    await sleep((chunk.length / bytesPerSecond) * 1000);
  }
  socket.destroy();
}
