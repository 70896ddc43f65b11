/** The public log: its proofs, which anyone may read. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../command.ts';
import { troubled } from '../failure.ts';
import { withSlash } from './exchange.ts';
import { readText, sendRequest } from './http.ts';

const answerLimitBytes = 256 * 1024; // a time-stamp with long certificates, and cosignatures of many witnesses
const trustLimitBytes = 1024 * 1024;
const pollEveryMs = 250;
/** The log signs a checkpoint about once a second; a receipt that takes longer is saved without proof. */
const patienceMs = 3_000;

/** As far as a file claims it; whether it is true, and whether enough witnesses signed, `verify` says. */
export type ReceiptLevel = 'R0' | 'R1' | 'R3';

export function levelOf(receiptFile: string): ReceiptLevel {
  const [, proof = ''] = receiptFile.split('\n\n');
  if (!proof.startsWith('c2sp.org/tlog-proof@v1\n')) return 'R0';
  return proof.includes('\nextra ') ? 'R3' : 'R1';
}

/** Signature lines on the checkpoint: the log's own, and those of witnesses. */
export function signaturesIn(receiptFile: string): number {
  return receiptFile.match(/^— /gm)?.length ?? 0;
}

/** The receipt with its proof where the log has one by now and can be reached; else the receipt alone. */
export async function fetchReceiptFile(
  receipt: string,
  { baseUrl, context }: { baseUrl: URL; context: Context },
): Promise<{ text: string; level: ReceiptLevel }> {
  // What was just done stands, and its receipt counts, also when the line breaks now.
  const text = await addProof(receipt, { baseUrl, context }).catch(() => undefined);
  return text === undefined ? { text: `${receipt}\n`, level: 'R0' } : { text, level: levelOf(text) };
}

/** The receipt with its proof of inclusion; undefined where the log does not have it by now. */
export async function addProof(
  receipt: string,
  { baseUrl, context, maxSize }: { baseUrl: URL; context: Context; maxSize?: number | undefined },
): Promise<string | undefined> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const proof = await fetchProof(receipt, { baseUrl, context, maxSize });
    if (proof !== undefined) return `${receipt}\n\n${proof}`;
    if (performance.now() > until || context.signal.aborted) return undefined;
    await sleep(pollEveryMs);
  }
}

/** Undefined while the entry is not in a signed checkpoint. The log knows entries by the digest of their payload. */
async function fetchProof(
  receipt: string,
  { baseUrl, context, maxSize }: { baseUrl: URL; context: Context; maxSize: number | undefined },
): Promise<string | undefined> {
  const payload = Buffer.from(receipt.split('.')[1] ?? '', 'base64url');
  const digest = createHash('sha256').update(payload).digest('hex');
  const answer = await sendRequest({
    method: 'GET',
    url: new URL(
      `log/proof/${digest}${maxSize === undefined ? '' : `?maxSize=${maxSize}`}`,
      withSlash(baseUrl),
    ),
    signal: context.signal,
  });
  const text = await readText(answer, answerLimitBytes);
  if (answer.status >= 500) {
    throw troubled({
      vi: `Máy chủ chưa phục vụ được: HTTP ${answer.status}`,
      en: `The server cannot serve this now: HTTP ${answer.status}`,
    });
  }
  return answer.status === 200 ? text : undefined;
}

/** The trust file that the axis itself offers. */
export async function fetchTrust({ baseUrl, context }: { baseUrl: URL; context: Context }): Promise<string> {
  const answer = await sendRequest({
    method: 'GET',
    url: new URL('trust.json', withSlash(baseUrl)),
    signal: context.signal,
  });
  const text = await readText(answer, trustLimitBytes);
  if (answer.status === 200) return text;
  throw troubled({
    vi: `Máy chủ không phát tệp tin cậy: HTTP ${answer.status}`,
    en: `The server offers no trust file: HTTP ${answer.status}`,
  });
}
