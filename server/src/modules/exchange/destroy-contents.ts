/**
 * Destroys the contents that the axis has kept long enough: their keys go from the envelope and every copy, the log says
 * so, and then the ciphertext goes too. The rows, the receipts and the history stay.
 */
import { codeOfOrganisation } from '#directory';
import { deleteBlobRows, largestRowBytes } from '#foundation/blob';
import { inTransaction } from '#foundation/db';
import { insertEntries, prepareEntry } from '#foundation/evidence';
import type { Entry } from '#foundation/evidence';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { digestText } from './compose-acceptance.ts';
import type { Exchange } from './exchange.ts';
import { destroyEndedContents, listEndedContents } from './store/ended-contents.ts';
import type { DestroyedContent } from './store/ended-contents.ts';

export interface DestroyOptions {
  /** Days after the last copy was done, given up or recalled, by the database's clock. */
  readonly keptDays: number;
  readonly signal: AbortSignal;
}

export interface DestroyReport {
  readonly destroyedCount: number;
  /** Whether there may be more for another call. */
  readonly isComplete: boolean;
}

const contentsPerCall = 1_000;
/** One organisation's in one transaction: it holds the locks of their copies for some milliseconds. */
const contentsPerTransaction = 50;

/**
 * One portion of the work. It may run in any number of processes at once, and be killed at any moment: keys and entry go
 * in one transaction, and a file that a crash leaves behind is an orphan for the sweep. Never call it on a database that
 * was restored to an earlier state: a copy may have been collected in what was lost.
 */
export async function destroyContents(
  { platform }: Exchange,
  { keptDays, signal }: DestroyOptions,
): Promise<DestroyReport> {
  const { before, ended } = await inTransaction(platform.database.app, {}, async (tx) => {
    const horizon = tx.now.subtract({ hours: keptDays * 24 });
    return {
      before: horizon,
      ended: await listEndedContents(tx, { before: horizon, limit: contentsPerCall }),
    };
  });
  let destroyedCount = 0;
  for (const [organisationId, ids] of Map.groupBy(ended, (content) => content.organisationId)) {
    for (let start = 0; start < ids.length; start += contentsPerTransaction) {
      signal.throwIfAborted();
      const some = ids.slice(start, start + contentsPerTransaction).map(({ id }) => id);
      const destroyed = await destroyOf(platform, { organisationId, ids: some, before, keptDays });
      destroyedCount += destroyed.length;
      const files = destroyed.filter(({ sizeBytes }) => sizeBytes > largestRowBytes);
      await Promise.all(files.map(({ packageId }) => platform.blobs.drop(packageId)));
    }
  }
  return { destroyedCount, isComplete: ended.length < contentsPerCall };
}

async function destroyOf(
  platform: Platform,
  asked: {
    readonly organisationId: OrganisationId;
    readonly ids: readonly EnvelopeId[];
    readonly before: Temporal.Instant;
    readonly keptDays: number;
  },
): Promise<DestroyedContent[]> {
  const { organisationId, keptDays } = asked;
  return inTransaction(platform.database.app, { organisations: [organisationId] }, async (tx) => {
    const destroyed = await destroyEndedContents(tx, asked);
    const code = await codeOfOrganisation(tx, organisationId);
    const entries = destroyed.map((content): Entry =>
      prepareEntry(
        {
          kind: 'exchange.content_destroyed',
          organisation: { id: organisationId, code },
          subjectId: content.id,
          actor: { method: 'axis' },
          claims: {
            package: digestText(content.digest),
            recipients: content.recipients,
            reason: 'retention',
            kept_days: keptDays,
          },
        },
        { at: tx.now, signer: platform.receipts },
      ),
    );
    await insertEntries(tx, entries);
    // A small content is a row: it goes with its key, so that nothing of it is left to be swept.
    await deleteBlobRows(
      tx,
      destroyed.map(({ packageId }) => packageId),
    );
    return destroyed;
  });
}
