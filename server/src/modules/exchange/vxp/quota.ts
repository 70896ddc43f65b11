/**
 * How much one caller may ask. Buckets live in the process: behind several processes the bound is that many times
 * higher, which is what a protection against overload needs and all it is for.
 */
export interface BucketLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Callers remembered at once; the one that was quiet longest is forgotten, that is, starts full again. */
  readonly callersMax: number;
}

/** Far above what a system needs (a whole province sends some hundred a minute), far below what one core can answer. */
export const systemQuota: BucketLimits = { ratePerSecond: 2_000, burst: 4_000, callersMax: 20_000 };

export interface TokenBuckets {
  /** Takes one token; otherwise returns the whole seconds until there is one. */
  take(caller: string, nowMillis: number): { ok: true } | { ok: false; retryAfterSeconds: number };
}

export function createTokenBuckets(limits: BucketLimits): TokenBuckets {
  // A map keeps the order of insertion: taking re-inserts, so the first key is the one that was quiet longest.
  const buckets = new Map<string, { tokens: number; atMillis: number }>();

  return {
    take(caller, nowMillis) {
      const bucket = buckets.get(caller) ?? { tokens: limits.burst, atMillis: nowMillis };
      const refilled = (Math.max(0, nowMillis - bucket.atMillis) / 1_000) * limits.ratePerSecond;
      const tokens = Math.min(limits.burst, bucket.tokens + refilled);
      const isAllowed = tokens >= 1;
      buckets.delete(caller);
      buckets.set(caller, { tokens: isAllowed ? tokens - 1 : tokens, atMillis: nowMillis });
      if (buckets.size > limits.callersMax) buckets.delete(buckets.keys().next().value!);
      if (isAllowed) return { ok: true };
      return { ok: false, retryAfterSeconds: Math.ceil((1 - tokens) / limits.ratePerSecond) };
    },
  };
}

/** IPv6 hosts own a /64 at least, so that is the address which counts. */
export function quotaAddress(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const tailGroups = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - tailGroups.length) }, () => '0');
  return [...groups, ...zeros, ...tailGroups].slice(0, 4).join(':');
}
