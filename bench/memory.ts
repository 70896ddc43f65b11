/**
 * The most memory that the server has at once while one letter is sent and while it is fetched in both ways, alone: it
 * must not depend on the size of the letter.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { createHttpConnection } from './http-connection.ts';
import { runLoad } from './load.ts';
import { readPeakBytes, resetPeak } from './process-usage.ts';
import { readAnswer, writeHead } from './vxp-call.ts';
import type { Address } from './http-connection.ts';
import type { MeasuredServer } from './measured-server.ts';
import type { ConnectedParty } from './send-traffic.ts';
import type { World } from './world.ts';

export interface MemoryResult {
  readonly act: 'sendEdoc' | 'downloadEdoc' | 'getEdoc';
  readonly sizeBytes: number;
  readonly peakBytes: number;
  readonly seconds: number;
}

/** The larger letter may take so much more than the smaller one; from a bucket it passes a second connection. */
export const maxGrowthBytes = { folder: 64_000_000, bucket: 96_000_000 };
const smallBytes = 1_000_000;
/** Whether or not the machine is busy, a letter that moves slower than this is not coming. */
const leastBytesPerSecond = 5_000_000;

/** Measure it before anything else, while the memory of the server has not yet grown by other work. */
export async function measureMemory(
  server: MeasuredServer,
  world: World,
  { largeBytes = 500_000_000 }: { readonly largeBytes?: number | undefined } = {},
): Promise<MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const sizeBytes of [smallBytes, largeBytes]) {
    const receiver = world.receivers[0]!;
    const measure = async (act: MemoryResult['act'], work: () => Promise<number>): Promise<void> => {
      await resetPeak(server.processId);
      const seconds = await work();
      results.push({ act, sizeBytes, peakBytes: await readPeakBytes(server.processId), seconds });
    };
    await measure('sendEdoc', () => sendLetter(server, { from: world.senders[0]!, to: receiver, sizeBytes }));
    const docId = await firstOf(server.address, receiver);
    for (const operation of ['downloadEdoc', 'getEdoc'] as const) {
      await measure(operation, async () => {
        const head = headOf(receiver, operation, { docId, filePath: 'xml' });
        const beganAt = performance.now();
        const receivedBytes = await requestAndDiscard(server.address, head);
        if (receivedBytes < sizeBytes) throw new Error(`${operation} gave only ${receivedBytes} bytes`);
        return (performance.now() - beganAt) / 1000;
      });
    }
    await callOnce(server.address, headOf(receiver, 'updateStatus', { docId, status: 'done' }));
  }
  return results;
}

/** Acts whose peak for the largest letter is too far above that for the smallest. */
export function findGrowth(results: readonly MemoryResult[], place: keyof typeof maxGrowthBytes): string[] {
  return ['sendEdoc', 'downloadEdoc', 'getEdoc'].flatMap((act) => {
    const peaks = results.filter((result) => result.act === act).map(({ peakBytes }) => peakBytes);
    const growthBytes = peaks.at(-1)! - peaks[0]!;
    return growthBytes > maxGrowthBytes[place] ? [`${act} grew by ${(growthBytes / 1e6).toFixed(0)} MB`] : [];
  });
}

export function printMemory(results: readonly MemoryResult[]): void {
  console.log('\nPeak memory of the server');
  for (const { act, sizeBytes, peakBytes, seconds } of results) {
    const share = ((peakBytes / sizeBytes) * 100).toFixed(0);
    const speed = sizeBytes > smallBytes ? `, ${(sizeBytes / 1e6 / seconds).toFixed(0)} MB/s` : '';
    const letter = `one letter of ${sizeBytes / 1e6} MB`;
    console.log(`  ${act}, ${letter}: ${(peakBytes / 1e6).toFixed(0)} MB (${share} % of the letter)${speed}`);
  }
}

async function sendLetter(
  { address }: MeasuredServer,
  { from, to, sizeBytes }: { from: ConnectedParty; to: ConnectedParty; sizeBytes: number },
): Promise<number> {
  const report = await runLoad({
    address,
    pace: {
      kind: 'open',
      callers: 1,
      perSecond: 1,
      seconds: 1,
      hopelessSeconds: 60 + sizeBytes / leastBytesPerSecond,
    },
    traffic: {
      kind: 'send',
      desks: [{ sender: from, to: [to] }],
      sizeBytes,
      runId: randomBytes(4).toString('hex').toUpperCase(),
      preparedCount: 1,
    },
  });
  if (report.failedCount > 0)
    throw new Error(`a letter of ${sizeBytes} bytes failed: ${report.failures.join('; ')}`);
  return report.seconds;
}

async function firstOf(address: Address, party: ConnectedParty): Promise<string> {
  const head = headOf(party, 'getReceivedEdocList', { servicetype: 'eDoc', messagetype: 'edoc' });
  const { data } = await callOnce(address, head);
  const [first] = data ?? [];
  if (!first) throw new Error(`the mailbox of ${party.code} is empty`);
  return first.docId;
}

function headOf(party: ConnectedParty, operation: string, parameters: Record<string, string>): Buffer {
  const credentials = { systemId: party.system.id, secret: party.system.secret };
  return writeHead({ credentials, operation, parameters });
}

async function callOnce(address: Address, head: Buffer): Promise<ReturnType<typeof readAnswer>> {
  const connection = createHttpConnection(address);
  try {
    return readAnswer(await connection.request([head]));
  } finally {
    connection.close();
  }
}

/** The answer is thrown away as it comes, since 500 MB of it are nothing to keep; returns how much there was. */
async function requestAndDiscard(address: Address, head: Buffer): Promise<number> {
  const socket = connect(address);
  socket.write(head);
  let receivedBytes = 0;
  let expectedBytes = Number.POSITIVE_INFINITY;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    if (receivedBytes === 0) {
      const text = chunk.toString('latin1');
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (!text.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(text.slice(0, 300));
      expectedBytes = text.indexOf('\r\n\r\n') + 4 + Number(length);
    }
    receivedBytes += chunk.length;
    if (receivedBytes >= expectedBytes) break;
  }
  socket.destroy();
  return receivedBytes;
}
