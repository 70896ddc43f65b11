/** Checkpoints kept outside the database, where nothing loses them. */
import type { ArchiveRecord, CheckpointArchive } from '#foundation/evidence';
import { parseCheckpoint } from '../../src/foundation/evidence/checkpoint.ts';
import type { CheckpointBody } from '../../src/foundation/evidence/checkpoint.ts';

export function createMemoryArchive(): CheckpointArchive {
  const kept: string[] = [];
  return {
    async newest(origin) {
      let newest: CheckpointBody | undefined;
      for (const text of kept) {
        const checkpoint = parseCheckpoint(text);
        if (checkpoint?.origin === origin && checkpoint.size > (newest?.size ?? 0)) newest = checkpoint;
      }
      return newest;
    },
    async keep(checkpoint) {
      kept.push(checkpoint);
    },
    async *records(): AsyncGenerator<ArchiveRecord> {
      for (const [number, text] of kept.entries()) yield { place: `record ${number + 1}`, text };
    },
  };
}
