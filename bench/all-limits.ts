import {
  measureBareHttp,
  measureBlobStore,
  measureCrypto,
  measureFlushMicroseconds,
  measureGatheredInserts,
} from './limits.ts';
import type { CryptoLimits, Rate } from './limits.ts';
import type { MeasuredDatabase } from './measured-database.ts';

export interface Limits {
  readonly flushMicroseconds: number;
  /** Whether flushes are so cheap that this disk hardly makes anything durable; see `flushDelayMilliseconds`. */
  readonly isFlushSuspect: boolean;
  readonly crypto: CryptoLimits;
  readonly bareHttp: readonly (Load & { readonly perSecond: number; readonly p99Milliseconds: number })[];
  readonly inserts: readonly (Load & Rate)[];
  readonly blobs: readonly (Load & Rate)[];
}

export interface Load {
  readonly sizeBytes: number;
  readonly callers: number;
  /** What was added to each flush. */
  readonly flushDelayMilliseconds: number;
}

export interface LimitOptions {
  readonly folder: string;
  readonly database: MeasuredDatabase;
  readonly secondsEach: number;
  /** Measure with slower flushes also where the disk’s own are plausible. */
  readonly withSlowFlushes: boolean;
  readonly onProgress: (what: string) => void;
}

/** Below this a flush cannot have reached a disk; it was acknowledged by a cache. */
const plausibleFlushMicroseconds = 50;
const injectedDelaysMilliseconds = [1, 5];

const blobSizesBytes = [10_000, 300_000, 1_000_000];
const callerCounts = [1, 16, 64];
/** A fact with its evidence is a few hundred bytes in each of its rows. */
const factBytes = 600;

export async function measureLimits(options: LimitOptions): Promise<Limits> {
  options.onProgress('flush');
  const flushMicroseconds = await measureFlushMicroseconds(options.folder);
  const isFlushSuspect = flushMicroseconds < plausibleFlushMicroseconds;
  const delays = isFlushSuspect || options.withSlowFlushes ? [0, ...injectedDelaysMilliseconds] : [0];
  options.onProgress('crypto');
  const crypto = measureCrypto();
  const bareHttp = await measureHttp(options);
  const inserts: (Load & Rate)[] = [];
  const blobs: (Load & Rate)[] = [];
  for (const flushDelayMilliseconds of delays) {
    await options.database.setFlushDelay(flushDelayMilliseconds);
    for (const callers of callerCounts) {
      const load = { sizeBytes: factBytes, callers, flushDelayMilliseconds };
      options.onProgress(`gathered inserts, ${describe(load)}`);
      const rate = await measureGatheredInserts({
        ...options,
        ...load,
        rowBytes: factBytes,
        seconds: options.secondsEach,
      });
      inserts.push({ ...load, ...rate });
    }
    for (const sizeBytes of blobSizesBytes) {
      for (const callers of callerCounts) {
        const load = { sizeBytes, callers, flushDelayMilliseconds };
        options.onProgress(`blob store, ${describe(load)}`);
        blobs.push({
          ...load,
          ...(await measureBlobStore({ ...options, ...load, seconds: options.secondsEach })),
        });
      }
    }
  }
  await options.database.setFlushDelay(0);
  return { flushMicroseconds, isFlushSuspect, crypto, bareHttp, inserts, blobs };
}

async function measureHttp({ secondsEach, onProgress }: LimitOptions): Promise<Limits['bareHttp']> {
  const results: Limits['bareHttp'][number][] = [];
  for (const sizeBytes of blobSizesBytes) {
    const load = { sizeBytes, callers: 16, flushDelayMilliseconds: 0 };
    onProgress(`bare HTTP, ${describe(load)}`);
    const report = await measureBareHttp({
      bodyBytes: sizeBytes,
      callers: load.callers,
      seconds: secondsEach,
    });
    results.push({ ...load, perSecond: report.perSecond, p99Milliseconds: report.latency.p99Milliseconds });
  }
  return results;
}

function describe({ sizeBytes, callers, flushDelayMilliseconds }: Load): string {
  const delay = flushDelayMilliseconds > 0 ? `, flush + ${flushDelayMilliseconds} ms` : '';
  return `${sizeBytes} bytes, ${callers} callers${delay}`;
}
