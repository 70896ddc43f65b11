/** Stored time-stamps against the checkpoints that they stamp and the anchors of the trust file. */
import type { TrustAnchor } from '#foundation/crypto';
import { parseCheckpoint } from './checkpoint.ts';
import { finding, type Finding } from './finding.ts';
import { readTimeStamps, type InspectedTimeStamp } from './store/inspect-time-stamps.ts';
import type { Snapshot } from './store/inspection.ts';
import { verifyTimeStamp } from './time-stamp.ts';

const pageStamps = 256;

/** Those that came later than `since`. Without anchors nothing can be said about any of them. */
export async function* inspectTimeStamps(
  snapshot: Snapshot,
  { anchors, since }: { readonly anchors: readonly TrustAnchor[]; readonly since: Temporal.Instant | null },
): AsyncGenerator<Finding> {
  if (anchors.length === 0) return;
  for (let last = 0; ;) {
    const page = await readTimeStamps(snapshot, { after: last, since, limit: pageStamps });
    for (const stamp of page) {
      if (!isRight(stamp, anchors)) yield finding('time_stamp_damaged', `time-stamp ${stamp.size}`);
    }
    if (page.length < pageStamps) return;
    last = page.at(-1)!.size;
  }
}

function isRight(
  { token, note, stampedAt, authority }: InspectedTimeStamp,
  anchors: readonly TrustAnchor[],
): boolean {
  const checkpoint = note === null ? undefined : parseCheckpoint(note);
  const verdict = checkpoint && verifyTimeStamp(token, { checkpoint, anchors });
  if (!verdict?.ok) return false;
  // PostgreSQL keeps microseconds.
  const at = verdict.at.round({ smallestUnit: 'microsecond', roundingMode: 'floor' });
  return at.equals(stampedAt) && verdict.authority === authority;
}
