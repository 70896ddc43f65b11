/** What a receiving system does in every known client: list, fetch, store, confirm. */
import type { VxpClient } from './vxp-client.ts';

export interface ReceivedMail {
  readonly docId: string;
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
}

export async function receiveAll(
  client: VxpClient,
  kind: 'edoc' | 'status' = 'edoc',
): Promise<ReceivedMail[]> {
  const received: ReceivedMail[] = [];
  for (;;) {
    const { answer } = await client.getReceivedEdocList(kind);
    const waiting = answer.data as { docId: string; from: string; to: string }[];
    if (waiting.length === 0) return received;
    for (const { docId, from, to } of waiting) {
      const { answer: got } = await client.getEdoc(docId);
      received.push({ docId, from, to, bytes: Buffer.from(got.data as string, 'base64') });
      const { answer: marked } = await client.updateStatus(docId, 'done');
      if (marked.status !== 'OK') throw new Error(`marking ${docId}: ${marked.ErrorDesc}`);
    }
  }
}

export function textOf(element: string, message: Buffer): string {
  return new RegExp(`<edXML:${element}>([^<]*)<`).exec(message.toString())?.[1] ?? '';
}
