/** Requests by their idempotency key. */
import type { Transaction } from '#foundation/db';
import type { SystemId } from '#foundation/ids';

export interface RequestKey {
  readonly systemId: SystemId;
  readonly operation: string;
  readonly key: string;
}

export interface KnownRequest {
  readonly requestDigest: Buffer | null;
  readonly answer: { readonly status: number; readonly body: string } | null;
}

/** Claims the key. Undefined when it is ours now; else what is known of the request that has it. */
export async function claimRequestKey(
  tx: Transaction,
  request: RequestKey & {
    readonly requestDigest: Buffer | null;
    /** An unanswered claim before this was left by a process that died. */
    readonly abandonedBefore: Temporal.Instant;
    readonly expiredBefore: Temporal.Instant;
  },
): Promise<KnownRequest | undefined> {
  const { systemId, operation, key, requestDigest } = request;
  const claimed = await tx.query(
    `insert into exchange.request_key as known (system_id, operation, key, request_digest, started_at)
     values ($1, $2, $3, $4, $5)
     on conflict (system_id, operation, key) do update
     set request_digest = excluded.request_digest,
       started_at = excluded.started_at,
       answer_status = null,
       answer = null
     where known.started_at < $7
       or (
         known.answer is null
         and known.started_at < $6
         and (known.request_digest is null or excluded.request_digest is null or known.request_digest = excluded.request_digest)
       )
     returning true`,
    [
      systemId,
      operation,
      key,
      requestDigest,
      tx.now.toString(),
      request.abandonedBefore.toString(),
      request.expiredBefore.toString(),
    ],
  );
  if (claimed.length > 0) return undefined;
  const [row] = await tx.query<{
    request_digest: Buffer | null;
    answer_status: number | null;
    answer: string | null;
  }>(
    `select request_digest, answer_status, answer
     from exchange.request_key
     where system_id = $1
       and operation = $2
       and key = $3`,
    [systemId, operation, key],
  );
  // It was given back in this moment: whoever repeats may claim it.
  if (!row) return { requestDigest: null, answer: null };
  const { answer, answer_status: status } = row;
  return {
    requestDigest: row.request_digest,
    answer: answer === null || status === null ? null : { status, body: answer },
  };
}

export async function keepAnswer(
  tx: Transaction,
  request: RequestKey & {
    readonly requestDigest: Buffer;
    readonly answer: { readonly status: number; readonly body: string };
  },
): Promise<void> {
  await tx.query(
    `update exchange.request_key
     set request_digest = $4,
       answer_status = $5,
       answer = $6
     where system_id = $1
       and operation = $2
       and key = $3`,
    [
      request.systemId,
      request.operation,
      request.key,
      request.requestDigest,
      request.answer.status,
      request.answer.body,
    ],
  );
}

export async function giveRequestKeyBack(tx: Transaction, request: RequestKey): Promise<void> {
  await tx.query(
    `delete from exchange.request_key
     where system_id = $1
       and operation = $2
       and key = $3
       and answer is null`,
    [request.systemId, request.operation, request.key],
  );
}

export async function deleteRequestKeys(
  tx: Transaction,
  { startedBefore, limit }: { startedBefore: Temporal.Instant; limit: number },
): Promise<number> {
  const deleted = await tx.query(
    `delete from exchange.request_key
     where ctid = any (array(
       select ctid
       from exchange.request_key
       where started_at < $1
       limit $2
     ))
     returning true`,
    [startedBefore.toString(), limit],
  );
  return deleted.length;
}
