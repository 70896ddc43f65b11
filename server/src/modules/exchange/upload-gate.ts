/** Bounds what may be under way at once, before a body is read: a flood is answered "later" instead of filling memory. */
import type { BacklogGate } from '#foundation/evidence';
import { refuse } from './refusals.ts';

/** Each upload holds at most a few hundred KB, whatever its size: 1,024 of them stay far below the memory of a server. */
const maxUploads = 1_024;
export interface UploadGate {
  /** Runs the upload, or refuses it when too many are under way or the log is too far behind. */
  pass<Result>(upload: () => Promise<Result>): Promise<Result>;
  readonly underWay: number;
}

export function createUploadGate(backlog: BacklogGate): UploadGate {
  let underWay = 0;
  return {
    async pass(upload) {
      if (underWay >= maxUploads) throw refuse('uploads_too_many');
      underWay += 1;
      try {
        await backlog.assertAccepting();
        return await upload();
      } finally {
        underWay -= 1;
      }
    },
    get underWay() {
      return underWay;
    },
  };
}
