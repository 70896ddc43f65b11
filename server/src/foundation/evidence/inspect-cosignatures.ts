/** Stored cosignatures against the checkpoints that they are on and the witnesses of the trust file. */
import { finding, type Finding } from './finding.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { readInspectedCosignatures, type InspectedCosignature } from './store/inspect-cosignatures.ts';
import type { Snapshot } from './store/inspection.ts';
import type { WitnessPolicy } from './witness-policy.ts';

const pageCosignatures = 1_024;

/** Of those that came later than `since`. Of witnesses that the trust file does not list nothing can be said, but that they belong to a checkpoint. */
export async function* inspectCosignatures(
  snapshot: Snapshot,
  { policy, since }: { readonly policy: WitnessPolicy; readonly since: Temporal.Instant | null },
): AsyncGenerator<Finding> {
  let last: InspectedCosignature | undefined;
  for (;;) {
    const page = await readInspectedCosignatures(snapshot, { after: last, since, limit: pageCosignatures });
    for (const cosignature of page) {
      const { size, name } = cosignature;
      if (!isRight(cosignature, policy)) yield finding('cosignature_damaged', `${name}, checkpoint ${size}`);
    }
    if (page.length < pageCosignatures) return;
    last = page.at(-1)!;
  }
}

function isRight(
  { name, keyId, signature, note }: InspectedCosignature,
  { witnesses }: WitnessPolicy,
): boolean {
  const checkpoint = note === null ? undefined : parseCheckpoint(note);
  if (!checkpoint) return false;
  // A key that was listed once still tells whether the bytes are right, whatever its interval.
  const listed = witnesses.find(({ key }) => key.name === name && key.keyId.equals(keyId));
  return !listed || listed.key.verify(checkpoint.note.text, signature);
}
