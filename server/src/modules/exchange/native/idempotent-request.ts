/**
 * A command under the key that its client chose: a repeat gets the answer of the first, byte for byte, for 14 days; the
 * same key with another request is refused, and so is a repeat while the first is still at work.
 *
 * This is a courtesy of the native API. What makes a repeat harmless is underneath: the exchange knows a document and a
 * status by its content (X2). So a claim whose process died may be taken over without asking whether it had counted.
 */
import { inTransaction } from '#foundation/db';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from './refusals.ts';
import { claimRequestKey, deleteRequestKeys, giveRequestKeyBack, keepAnswer } from '../store/request-keys.ts';
import type { RequestKey } from '../store/request-keys.ts';

export interface Answer {
  readonly status: number;
  /** JSON, as it goes out. */
  readonly body: string;
}

export interface IdempotentRequest {
  /** What is asked, with its path: one key may be used for another operation. */
  readonly operation: string;
  readonly key: string;
  /** SHA-256 of the request; undefined where its body is read by `work`, which then tells it. */
  readonly digest: Buffer | undefined;
  /** Reads the body of a repeat, whose answer is known, for its digest alone. */
  readonly readDigest: () => Promise<Buffer>;
}

const keptDays = 14;
/** Longer than a package of 2 GB takes to arrive is not waited for: a repeat of it is known by its content anyway. */
const abandonedAfterSeconds = 60;

export async function answerOnce(
  exchange: Exchange,
  caller: Caller,
  request: IdempotentRequest,
  work: () => Promise<{ readonly answer: Answer; readonly digest: Buffer }>,
): Promise<Answer> {
  const { database } = exchange.platform;
  const key: RequestKey = { systemId: caller.systemId, operation: request.operation, key: request.key };
  const known = await inTransaction(database.app, {}, (tx) =>
    claimRequestKey(tx, {
      ...key,
      requestDigest: request.digest ?? null,
      abandonedBefore: tx.now.subtract({ seconds: abandonedAfterSeconds }),
      expiredBefore: tx.now.subtract({ hours: 24 * keptDays }),
    }),
  );
  if (known) {
    const isOther = known.requestDigest && request.digest && !known.requestDigest.equals(request.digest);
    if (isOther) throw refuse('request_key_reused');
    if (!known.answer) throw refuse('request_in_flight');
    const digest = request.digest ?? (await request.readDigest());
    if (!known.requestDigest?.equals(digest)) throw refuse('request_key_reused');
    return known.answer;
  }
  try {
    const { answer, digest } = await work();
    await inTransaction(database.app, {}, (tx) => keepAnswer(tx, { ...key, requestDigest: digest, answer }));
    return answer;
  } catch (error) {
    // A refusal leaves nothing but its entry (X8): the client may mend the request and keep its key.
    await inTransaction(database.app, {}, (tx) => giveRequestKeyBack(tx, key)).catch(() => undefined);
    throw error;
  }
}

const maxSweptAtOnce = 10_000;

/** Forgets what is older than the promise. Returns how many. */
export async function sweepRequestKeys(exchange: Exchange, signal: AbortSignal): Promise<number> {
  let swept = 0;
  for (;;) {
    signal.throwIfAborted();
    const count = await inTransaction(exchange.platform.database.app, {}, (tx) =>
      deleteRequestKeys(tx, {
        startedBefore: tx.now.subtract({ hours: 24 * keptDays }),
        limit: maxSweptAtOnce,
      }),
    );
    swept += count;
    if (count < maxSweptAtOnce) return swept;
  }
}
