/** Latencies of one run, kept one by one: a run has at most some hundred thousand, and exact is simpler than buckets. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
}

export function summarise(latenciesMilliseconds: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(latenciesMilliseconds).sort();
  return {
    count: sorted.length,
    p50Milliseconds: percentile(sorted, 0.5),
    p99Milliseconds: percentile(sorted, 0.99),
    maxMilliseconds: percentile(sorted, 1),
  };
}

/** The smallest value that is not exceeded by this share of all; 0 where there are none. */
function percentile(sorted: Float64Array, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? 0;
}
