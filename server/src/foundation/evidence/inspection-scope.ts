/** What an inspection is about: everything, or what is new and a random part of what was inspected before. */
import { randomInt } from 'node:crypto';
import {
  readPendingSubjects,
  readSubjects,
  type InspectedSubject,
  type Snapshot,
} from './store/inspection.ts';

export interface InspectionScope {
  /** Leaves from here on are new; a multiple of a tile's width. */
  readonly start: number;
  /** The rows of the tree that ends before `start`. */
  readonly rows: readonly Buffer[];
  /** Full tiles of level 0 before `start` that are inspected again. */
  readonly sample: ReadonlySet<number>;
  /** What came to old checkpoints later than this is new; null where everything is. */
  readonly since: Temporal.Instant | null;
}

export const everything: InspectionScope = { start: 0, rows: [], sample: new Set(), since: null };

const tileLeaves = 256;

/** What an inspection before came to, and when. */
export interface Remembered {
  readonly size: number;
  readonly rows: readonly Buffer[];
  readonly at: Temporal.Instant;
}

/** Goes on behind it. Its last, partial tile is inspected again, as one that grew. */
export function scopeBehind(inspected: Remembered, share: number): InspectionScope {
  const tiles = Math.floor(inspected.size / tileLeaves);
  return {
    start: tiles * tileLeaves,
    rows: [Buffer.alloc(0), ...inspected.rows.slice(1)],
    sample: chooseAmong(tiles, Math.ceil(tiles * share)),
    since: inspected.at.subtract({ minutes: committedLateMinutes }),
  };
}

/** A row bears the time at which its transaction began, and an inspection sees it when that has ended. */
const committedLateMinutes = 60;

/** So many different numbers below `count`, each set of them as likely as any other (Floyd's algorithm). */
function chooseAmong(count: number, wanted: number): Set<number> {
  const chosen = new Set<number>();
  for (let last = count - wanted; last < count; last++) {
    const drawn = randomInt(last + 1);
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return chosen;
}

/** Whether the checkpoint of that size is looked at. */
export function coversSize(scope: InspectionScope, size: number): boolean {
  return size <= 0 || size > scope.start || scope.sample.has(Math.ceil(size / tileLeaves) - 1);
}

const pageLeaves = 1_024;

/** What the entries in the scope are about, in pages; a subject may come in several of them. */
export async function* subjectsIn(
  snapshot: Snapshot,
  scope: InspectionScope,
  size: number,
): AsyncGenerator<InspectedSubject[]> {
  for (const tile of scope.sample) {
    yield await readSubjects(snapshot, tile * tileLeaves, (tile + 1) * tileLeaves);
  }
  for (let start = scope.start; start < size; start += pageLeaves) {
    yield await readSubjects(snapshot, start, Math.min(start + pageLeaves, size));
  }
  yield await readPendingSubjects(snapshot);
}
