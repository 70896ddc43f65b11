/** Removes the files of packages that no envelope refers to: what crashes and outages left between file and commit. */
import type { SweepReport } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import { findUploadedBlobs } from '#foundation/upload';
import type { Exchange } from './exchange.ts';
import { findReferencedPackages } from './store/referenced-packages.ts';

/**
 * One portion of the work; repeated calls go through all files. Never call it on a database that was restored to an
 * earlier state than the files: their references may be in the part that is still to be replayed.
 */
export async function sweepPackages(
  { platform }: Exchange,
  { now, signal }: { readonly now: Temporal.Instant; readonly signal: AbortSignal },
): Promise<SweepReport> {
  return platform.blobs.sweepOrphans({
    now,
    isReferenced: async (ids) => {
      signal.throwIfAborted();
      return inTransaction(platform.database.app, {}, async (tx) => {
        const [packages, uploads] = await Promise.all([
          findReferencedPackages(tx, ids),
          findUploadedBlobs(tx, ids),
        ]);
        return packages.union(uploads);
      });
    },
  });
}
