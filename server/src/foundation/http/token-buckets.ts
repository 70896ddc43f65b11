/**
 * How much one caller may ask. Buckets live in the process: behind several processes the bound is that many times
 * higher, which is what a protection against overload needs and all it is for.
 */
export interface BucketLimit {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface TokenBuckets {
  /** Takes one token; otherwise returns the whole seconds until there is one. */
  take(
    caller: string,
    limit: BucketLimit,
    nowMillis: number,
  ): { ok: true } | { ok: false; retryAfterSeconds: number };
}

/** @param callersMax remembered at once; the one that was quiet longest is forgotten, that is, starts full again. */
export function createTokenBuckets(callersMax: number): TokenBuckets {
  // A map keeps the order of insertion: taking re-inserts, so the first key is the one that was quiet longest.
  const buckets = new Map<string, { tokens: number; atMillis: number }>();

  return {
    take(caller, { ratePerSecond, burst }, nowMillis) {
      const bucket = buckets.get(caller) ?? { tokens: burst, atMillis: nowMillis };
      const refilled = (Math.max(0, nowMillis - bucket.atMillis) / 1_000) * ratePerSecond;
      const tokens = Math.min(burst, bucket.tokens + refilled);
      const isAllowed = tokens >= 1;
      buckets.delete(caller);
      buckets.set(caller, { tokens: isAllowed ? tokens - 1 : tokens, atMillis: nowMillis });
      if (buckets.size > callersMax) buckets.delete(buckets.keys().next().value!);
      if (isAllowed) return { ok: true };
      return { ok: false, retryAfterSeconds: Math.ceil((1 - tokens) / ratePerSecond) };
    },
  };
}
