import type { Disk } from './disk.ts';

export interface DiskGate {
  /** Whether so many bytes can be taken in and the reserve still stays free. */
  hasRoomFor(sizeBytes: number): Promise<boolean>;
}

export interface DiskGateOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Default: 2 % of the disk, at least 1 GiB, for PostgreSQL, for statuses, and for fetching what is there. */
  readonly reserveBytes?: number;
}

const leastReserveBytes = 1024 ** 3;
const reserveShare = 0.02;
const measuredForMilliseconds = 1_000;

/**
 * Asks the disk about once a second, and between two measurements counts what it has let in: a thousand uploads that
 * begin within one second must not each be promised the same last gigabyte.
 */
export function createDiskGate({ disk, folder, reserveBytes }: DiskGateOptions): DiskGate {
  let room: Promise<{ bytes: number }> | undefined;
  let measuredAt = Number.NEGATIVE_INFINITY;

  const measure = async (): Promise<{ bytes: number }> => {
    const { freeBytes, totalBytes } = await disk.space(folder);
    const reserve = reserveBytes ?? Math.max(leastReserveBytes, totalBytes * reserveShare);
    return { bytes: freeBytes - reserve };
  };

  return {
    async hasRoomFor(sizeBytes) {
      if (!room || performance.now() - measuredAt > measuredForMilliseconds) {
        measuredAt = performance.now();
        room = measure();
        room.catch(() => (room = undefined));
      }
      const left = await room;
      if (left.bytes < sizeBytes) return false;
      left.bytes -= sizeBytes;
      return true;
    },
  };
}
