import type { CheckpointArchive } from './checkpoint-archive.ts';

/** Several archives as one: a checkpoint is kept when all of them have it, and the newest is that of any. */
export function createJointArchive(archives: readonly CheckpointArchive[]): CheckpointArchive {
  return {
    async keep(checkpoint) {
      await Promise.all(archives.map((archive) => archive.keep(checkpoint)));
    },
    async newest(origin) {
      const found = await Promise.all(archives.map((archive) => archive.newest(origin)));
      return found
        .filter((newest) => newest !== undefined)
        .sort((a, b) => b.size - a.size)
        .at(0);
    },
    async *records() {
      for (const archive of archives) yield* archive.records();
    },
  };
}
