/**
 * Recomputes the tree by the recursive definition and compares every leaf, tile and checkpoint on the way, in pages of
 * leaves: all of it, or from where an inspection before came to.
 */
import { finding, type Finding } from './finding.ts';
import { inspectPublished } from './inspect-checkpoints.ts';
import { inspectPage, tileLeaves, type InspectedLog } from './inspect-page.ts';
import { treeOfRows } from './inspected-place.ts';
import type { InspectionScope } from './inspection-scope.ts';
import {
  readExtent,
  readInspectedLeaves,
  readNewestCheckpoint,
  readStoredHead,
  readStrayCheckpoints,
  readStrayTiles,
  readTileRange,
  type Snapshot,
} from './store/inspection.ts';

export interface Progress {
  readonly doneEntries: number;
  readonly totalEntries: number;
}

export interface InspectedTree {
  readonly size: number;
  /** The newest checkpoint in the part that was inspected, with the rows of its tree. */
  readonly signed?: { readonly note: string; readonly rows: readonly Buffer[] };
}

interface TreeInspection {
  readonly scope: InspectionScope;
  readonly onProgress: (progress: Progress) => void;
}

/** 16 tiles of level 0; with payloads and details some megabytes. */
const pageLeaves = 4_096;
const maxStrays = 1_000;

export async function* inspectTree(
  snapshot: Snapshot,
  log: InspectedLog,
  { scope, onProgress }: TreeInspection,
): AsyncGenerator<Finding, InspectedTree> {
  const head = await readStoredHead(snapshot);
  if (!head) {
    yield finding('head_damaged', 'it is missing');
    return { size: scope.start };
  }
  const extent = await readExtent(snapshot, scope.start);
  // Leaves without a gap tell the size as well as the head does, and there are more of them.
  const size = extent.end === scope.start + extent.leaves ? extent.end : head.size;
  if (head.size !== size) yield finding('head_damaged', `its size is ${head.size}, there are ${size} leaves`);

  const newest = await readNewestCheckpoint(snapshot, size);
  let signed: InspectedTree['signed'];
  const rows = new ComputedRows(scope.start);
  const tree = treeOfRows(scope.rows, (height, _index, hash) => rows.add(height, hash));
  const onGrown = (grown: number): void => {
    if (grown === newest?.size) signed = { note: newest.note, rows: rows.joined() };
  };
  for (let start = scope.start; start < size; start += pageLeaves) {
    const end = Math.min(start + pageLeaves, size);
    const page = { start, end, edge: head.edge[0] ?? Buffer.alloc(0) };
    yield* inspectPage(snapshot, log, { page, tree, onGrown });
    yield* inspectUpperTiles(snapshot, rows);
    onProgress({ doneEntries: end - scope.start, totalEntries: size - scope.start });
  }

  if (!tree.root().equals(head.root)) yield finding('head_damaged', 'its root is not that of the leaves');
  const computed = rows.joined();
  for (let level = 0; level < Math.max(computed.length, head.edge.length); level++) {
    if (!(computed[level] ?? Buffer.alloc(0)).equals(head.edge[level] ?? Buffer.alloc(0)))
      yield finding('edge_damaged', `edge level ${level}`);
  }
  yield* inspectStrays(snapshot, log, { size, extent, rows });
  return { size, ...(signed && { signed }) };
}

/** The hashes of each level that no full tile has taken yet, and the tiles that became full. */
class ComputedRows {
  readonly levels: Buffer[][] = [];
  readonly full: { readonly level: number; readonly index: number; readonly hashes: Buffer }[] = [];
  readonly fullTiles: number[] = [];

  constructor(start: number) {
    for (let level = 0, tiles = start; (tiles = Math.floor(tiles / tileLeaves)) > 0; level++)
      this.fullTiles[level] = tiles;
  }

  joined(): Buffer[] {
    // A sparse array would keep its holes.
    return Array.from(this.levels, (row) => Buffer.concat(row ?? []));
  }

  add(height: number, hash: Buffer): void {
    if (height % 8 !== 0) return;
    const level = height / 8;
    const row = (this.levels[level] ??= []);
    row.push(hash);
    if (row.length < tileLeaves) return;
    const index = this.fullTiles[level] ?? 0;
    this.full.push({ level, index, hashes: Buffer.concat(row) });
    this.fullTiles[level] = index + 1;
    this.levels[level] = [];
  }
}

/** Level 0 was compared leaf by leaf; here it is only missing or not. */
async function* inspectUpperTiles(snapshot: Snapshot, rows: ComputedRows): AsyncGenerator<Finding> {
  for (const { level, index, hashes } of rows.full.splice(0)) {
    const stored = (await readTileRange(snapshot, level, index, index + 1)).get(index);
    const where = `tile ${level}/${index}`;
    if (!stored) yield finding('tile_missing', where);
    else if (level > 0 && !stored.equals(hashes)) yield finding('tile_damaged', where);
  }
}

async function* inspectStrays(
  snapshot: Snapshot,
  log: InspectedLog,
  tree: { readonly size: number; readonly extent: { readonly end: number }; readonly rows: ComputedRows },
): AsyncGenerator<Finding> {
  if (tree.extent.end > tree.size) {
    for (const { position } of await readInspectedLeaves(snapshot, tree.size, maxStrays)) {
      yield finding('leaf_stray', `leaf ${position}`);
    }
  }
  // A sparse array would become nulls.
  const fullTiles = Array.from(tree.rows.fullTiles, (count) => count ?? 0);
  for (const { level, index } of await readStrayTiles(snapshot, fullTiles, maxStrays)) {
    yield finding('tile_stray', `tile ${level}/${index}`);
  }
  for (const checkpoint of await readStrayCheckpoints(snapshot, tree.size, maxStrays)) {
    yield* inspectPublished(checkpoint, { logs: log.logs, treeRoot: null });
  }
  for (const [size, archived] of log.unpublished) {
    if (size > 0 && size <= tree.size) continue;
    for (const { place } of archived)
      yield finding('checkpoint_contradicted', `archived checkpoint ${place}`);
  }
}
