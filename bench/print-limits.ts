import { printTable } from './table.ts';
import type { Limits } from './all-limits.ts';

export function printLimits(limits: Limits): void {
  const { crypto } = limits;
  console.log(`\nOne flush: ${limits.flushMicroseconds.toFixed(0)} µs`);
  if (limits.isFlushSuspect) {
    console.log(
      'WARNING: no disk flushes that fast; a cache acknowledges what is not yet durable. The rows with a flush\n' +
        'of 1 and 5 ms more are what to expect of a disk of one’s own.',
    );
  }
  console.log(
    `One core: SHA-256 ${megabytes(crypto.sha256BytesPerSecond)} MB/s, AES-256-GCM ` +
      `${megabytes(crypto.aesGcmBytesPerSecond)} MB/s, Ed25519 ${crypto.ed25519SignaturesPerSecond.toFixed(0)} signatures/s\n`,
  );
  const rows = [
    ...limits.bareHttp.map((row) => ({
      what: 'bare HTTP',
      bytesPerSecond: row.perSecond * row.sizeBytes,
      ...row,
    })),
    ...limits.inserts.map((row) => ({ what: 'gathered inserts', ...row })),
    ...limits.blobs.map((row) => ({ what: 'blob store', ...row })),
  ];
  printTable(
    ['limit', 'bytes', 'callers', 'flush +ms', 'per second', 'MB/s', 'CPU µs each'],
    rows.map((row) => [
      row.what,
      String(row.sizeBytes),
      String(row.callers),
      String(row.flushDelayMilliseconds),
      row.perSecond.toFixed(0),
      megabytes(row.bytesPerSecond),
      'cpuMicrosecondsEach' in row ? row.cpuMicrosecondsEach.toFixed(0) : '',
    ]),
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
