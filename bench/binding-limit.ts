import type { ExchangeResult } from './exchange.ts';
import type { Limits } from './all-limits.ts';

export interface BindingLimit {
  readonly what: string;
  /** Messages a second that this limit alone would allow. */
  readonly perSecond: number;
}

/** The lowest of the machine's limits for messages of this kind: what binds even a server that costs nothing. */
export function findBindingLimit(
  result: Pick<ExchangeResult, 'sizeBytes' | 'requests'>,
  limits: Limits,
): BindingLimit {
  const { sizeBytes, requests } = result;
  const fastest = (
    rates: readonly { sizeBytes: number; flushDelayMilliseconds: number; perSecond: number }[],
    size: number,
  ) =>
    Math.max(
      ...rates
        .filter((rate) => rate.sizeBytes === size && rate.flushDelayMilliseconds === 0)
        .map(({ perSecond }) => perSecond),
    );
  // Each request of a cycle that changes something commits once; only one of them carries the package.
  const candidates: BindingLimit[] = [
    { what: 'blob store', perSecond: fastest(limits.blobs, sizeBytes) },
    { what: 'gathered inserts', perSecond: fastest(limits.inserts, limits.inserts[0]!.sizeBytes) / requests },
    { what: 'bare HTTP', perSecond: fastest(limits.bareHttp, sizeBytes) / requests },
    { what: 'SHA-256, one core', perSecond: limits.crypto.sha256BytesPerSecond / sizeBytes },
    { what: 'Ed25519, one core', perSecond: limits.crypto.ed25519SignaturesPerSecond / requests },
  ];
  return candidates.reduce((lowest, next) => (next.perSecond < lowest.perSecond ? next : lowest));
}
