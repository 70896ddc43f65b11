/** Bounds what may be under way at once, before a body is read: a flood is answered "later" instead of filling memory. */
import type { BacklogGate } from '#foundation/evidence';
import type { SystemId } from '#foundation/ids';
import { refuse } from './refusals.ts';

/** Each upload holds at most a few hundred KB, whatever its size: 1,024 of them stay far below the memory of a server. */
const maxUploads = 1_024;
/** No system can keep the others out by uploading slowly; the SDK opens ten connections at most. */
const maxUploadsOfSystem = 256;

export interface UploadGate {
  /** Runs the upload, or refuses it when too many are under way or the log is too far behind. */
  pass<Result>(systemId: SystemId, upload: () => Promise<Result>): Promise<Result>;
  readonly underWay: number;
}

export function createUploadGate(backlog: BacklogGate): UploadGate {
  const ofSystem = new Map<SystemId, number>();
  let underWay = 0;
  return {
    async pass(systemId, upload) {
      const own = ofSystem.get(systemId) ?? 0;
      if (underWay >= maxUploads || own >= maxUploadsOfSystem) throw refuse('uploads_too_many');
      underWay += 1;
      ofSystem.set(systemId, own + 1);
      try {
        await backlog.assertAccepting();
        return await upload();
      } finally {
        underWay -= 1;
        const left = ofSystem.get(systemId)! - 1;
        if (left > 0) ofSystem.set(systemId, left);
        else ofSystem.delete(systemId);
      }
    },
    get underWay() {
      return underWay;
    },
  };
}
