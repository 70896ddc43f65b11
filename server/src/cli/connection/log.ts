/** The public log: its proofs, which anyone may read. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../command.ts';
import { withSlash } from './exchange.ts';
import { readText, sendRequest } from './http.ts';

const answerLimitBytes = 64 * 1024;
const pollEveryMs = 250;
/** The log signs a checkpoint about once a second; a receipt that takes longer is saved without proof. */
const patienceMs = 3_000;

/** The receipt with its proof of inclusion where the log has one by now; else the receipt alone. */
export async function fetchReceiptFile(
  receipt: string,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<{ text: string; level: 'R0' | 'R1' }> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const proof = await fetchProof(receipt, { baseUrl, context }).catch(() => undefined);
    if (proof !== undefined) return { text: `${receipt}\n\n${proof}`, level: 'R1' };
    if (performance.now() > until || context.signal.aborted) return { text: `${receipt}\n`, level: 'R0' };
    await sleep(pollEveryMs);
  }
}

/** Undefined while the entry is not in a signed checkpoint. The log knows entries by the digest of their payload. */
async function fetchProof(
  receipt: string,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<string | undefined> {
  const payload = Buffer.from(receipt.split('.')[1] ?? '', 'base64url');
  const digest = createHash('sha256').update(payload).digest('hex');
  const answer = await sendRequest({
    method: 'GET',
    url: new URL(`log/proof/${digest}`, withSlash(baseUrl)),
    signal: context.signal,
  });
  const text = await readText(answer, answerLimitBytes);
  return answer.status === 200 ? text : undefined;
}
