/** Checkpoints, published and archived, against their signatures; their roots wait for the tree to reach their size. */
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { finding, type Finding } from './finding.ts';
import { coversSize, type InspectionScope } from './inspection-scope.ts';
import { verifiersAt, type SignedLog } from './log-key.ts';
import { verifyNote } from './note.ts';
import { hasPublished, type PublishedCheckpoint, type Snapshot } from './store/inspection.ts';

/** Undefined unless a log key signed it that was valid at its size for the log of that name. */
export function readSigned(note: string, logs: readonly SignedLog[]): Checkpoint | undefined {
  const checkpoint = parseCheckpoint(note);
  const log = logs.find(({ origin }) => origin === checkpoint?.origin);
  if (!checkpoint || !log) return undefined;
  const verifiers = verifiersAt(log.keys, checkpoint.size);
  return verifyNote(checkpoint.note, verifiers).length > 0 ? checkpoint : undefined;
}

/** Whether it is of a tail that is lost: nothing here can say whether it was right. */
export function isOfLostTail({ origin, size }: Checkpoint, logs: readonly SignedLog[]): boolean {
  const keptSize = logs.find((log) => log.origin === origin)?.keptSize;
  return keptSize !== undefined && size > keptSize;
}

/** A published checkpoint against the root of the recomputed tree of its size; null where there is no such tree. */
export function inspectPublished(
  { size, root, note }: PublishedCheckpoint,
  log: { readonly logs: readonly SignedLog[]; readonly treeRoot: Buffer | null },
): Finding[] {
  const where = `checkpoint ${size}`;
  const signed = readSigned(note, log.logs);
  if (!signed || signed.size !== size || !signed.root.equals(root))
    return [finding('checkpoint_damaged', where)];
  const isContradicted = !log.treeRoot || !log.treeRoot.equals(root);
  return isContradicted ? [finding('checkpoint_contradicted', where)] : [];
}

/** Archived checkpoints that are not published too, by size: their roots are still to be compared. */
export type Unpublished = Map<number, { readonly place: string; readonly root: Buffer }[]>;

/** A crash leaves one at a time; more than this is no crash, and memory has a limit. */
const maxUnpublished = 100_000;

interface ArchiveInspection {
  readonly logs: readonly SignedLog[];
  readonly unpublished: Unpublished;
  readonly scope: InspectionScope;
}

export async function* inspectArchive(
  archive: CheckpointArchive,
  snapshot: Snapshot,
  { logs, unpublished, scope }: ArchiveInspection,
): AsyncGenerator<Finding> {
  let count = 0;
  for await (const { place, text } of archive.records()) {
    const kept = parseCheckpoint(text);
    if (kept && !coversSize(scope, kept.size)) continue;
    const signed = readSigned(text, logs);
    if (!signed) {
      yield finding('checkpoint_damaged', `archived checkpoint ${place}`);
      continue;
    }
    if (isOfLostTail(signed, logs)) continue;
    if (await hasPublished(snapshot, signed.size, text)) continue;
    if (++count > maxUnpublished) {
      yield finding('archive_crowded', `more than ${maxUnpublished}`);
      return;
    }
    const same = unpublished.get(signed.size) ?? [];
    unpublished.set(signed.size, [...same, { place, root: signed.root }]);
  }
}
