/**
 * Recomputes the tree by the recursive definition and compares every leaf, tile and checkpoint on the way, in pages
 * of leaves. What is one flipped bit is named as the one thing it is: a leaf, its payload and its tile each say what
 * the leaf's hash should be, and two of three outvote the third.
 */
import type { KeyObject } from 'node:crypto';
import { sha256 } from './encoding.ts';
import { finding, type Finding } from './finding.ts';
import { inspectPublished, type Unpublished } from './inspect-checkpoints.ts';
import { inspectEntry } from './inspect-entry.ts';
import type { SignedLog } from './log-key.ts';
import { RecursiveTree } from './recursive.ts';
import {
  readCheckpoints,
  readExtent,
  readInspectedLeaves,
  readStoredHead,
  readStrayCheckpoints,
  readStrayTiles,
  readTileRange,
  type InspectedEntry,
  type Snapshot,
} from './store/inspection.ts';

export interface InspectedLog {
  readonly logs: readonly SignedLog[];
  readonly receiptKeys: ReadonlyMap<string, KeyObject>;
  readonly unpublished: Unpublished;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly doneEntries: number;
  readonly totalEntries: number;
}

/** 16 tiles of level 0; with payloads and details some megabytes. */
const pageLeaves = 4_096;
const tileLeaves = 256;
const hashBytes = 32;
const maxStrays = 1_000;

export async function* inspectTree(snapshot: Snapshot, log: InspectedLog): AsyncGenerator<Finding> {
  const head = await readStoredHead(snapshot);
  if (!head) {
    yield finding('head_damaged', 'it is missing');
    return;
  }
  const extent = await readExtent(snapshot);
  // Leaves without a gap tell the size as well as the head does, and there are more of them.
  const size = extent.end === extent.leaves ? extent.end : head.size;
  if (head.size !== size) yield finding('head_damaged', `its size is ${head.size}, there are ${size} leaves`);

  const rows = new ComputedRows();
  const tree = new RecursiveTree((height, _index, hash) => rows.add(height, hash));
  for (let start = 0; start < size; start += pageLeaves) {
    const end = Math.min(start + pageLeaves, size);
    const page = { start, end, edge: head.edge[0] ?? Buffer.alloc(0) };
    yield* inspectPage(snapshot, log, { page, tree });
    yield* inspectUpperTiles(snapshot, rows);
    log.onProgress({ doneEntries: end, totalEntries: size });
  }

  if (!tree.root().equals(head.root)) yield finding('head_damaged', 'its root is not that of the leaves');
  for (let level = 0; level < Math.max(rows.levels.length, head.edge.length); level++) {
    const computed = Buffer.concat(rows.levels[level] ?? []);
    if (!computed.equals(head.edge[level] ?? Buffer.alloc(0)))
      yield finding('edge_damaged', `edge level ${level}`);
  }
  yield* inspectStrays(snapshot, log, { size, extent, rows });
}

/** The hashes of each level that no full tile has taken yet, and the tiles that became full. */
class ComputedRows {
  readonly levels: Buffer[][] = [];
  readonly full: { readonly level: number; readonly index: number; readonly hashes: Buffer }[] = [];
  readonly fullTiles: number[] = [];

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

interface Page {
  readonly start: number;
  readonly end: number;
  /** The partial tile of level 0. */
  readonly edge: Buffer;
}

async function* inspectPage(
  snapshot: Snapshot,
  log: InspectedLog,
  { page, tree }: { readonly page: Page; readonly tree: RecursiveTree },
): AsyncGenerator<Finding> {
  const found = await readInspectedLeaves(snapshot, page.start, pageLeaves);
  const leaves = new Map(found.map((leaf) => [leaf.position, leaf]));
  const tiles = await readTileRange(snapshot, 0, page.start / tileLeaves, Math.ceil(page.end / tileLeaves));
  const checkpoints = new Map(
    (await readCheckpoints(snapshot, page.start, page.end)).map((checkpoint) => [
      checkpoint.size,
      checkpoint,
    ]),
  );
  const intact: InspectedEntry[] = [];
  for (let index = page.start; index < page.end; index++) {
    const tileHash = hashOf(
      tiles.get(Math.floor(index / tileLeaves)) ?? edgeOf(index, page),
      index % tileLeaves,
    );
    const leaf = leaves.get(index);
    const judged = judgeLeaf(index, leaf, tileHash);
    yield* judged.findings;
    if (leaf && judged.isPayloadIntact) intact.push(leaf);
    tree.addLeafHash(judged.leafHash);

    const treeRoot = checkpoints.has(tree.size) || log.unpublished.has(tree.size) ? tree.root() : null;
    const published = checkpoints.get(tree.size);
    if (published) yield* inspectPublished(published, { logs: log.logs, treeRoot });
    for (const { place, root } of log.unpublished.get(tree.size) ?? []) {
      if (!treeRoot?.equals(root)) yield finding('checkpoint_contradicted', `archived checkpoint ${place}`);
    }
  }
  const inspected = await Promise.all(
    intact.map(async ({ entryId, entry }) => (entry ? inspectEntry(entryId, entry, log.receiptKeys) : [])),
  );
  yield* inspected.flat();
}

interface JudgedLeaf {
  readonly findings: readonly Finding[];
  /** The hash to go on with. */
  readonly leafHash: Buffer;
  readonly isPayloadIntact: boolean;
}

function judgeLeaf(
  index: number,
  leaf: InspectedEntry | undefined,
  tileHash: Buffer | undefined,
): JudgedLeaf {
  const where = `leaf ${index}`;
  const tile = `tile 0/${Math.floor(index / tileLeaves)} at ${index % tileLeaves}`;
  if (!leaf) {
    const leafHash = tileHash ?? Buffer.alloc(hashBytes);
    return { findings: [finding('leaf_missing', where)], leafHash, isPayloadIntact: false };
  }
  const byLeaf = hashOfDigest(leaf.payloadDigest);
  const byPayload = leaf.entry && hashOfDigest(sha256(leaf.entry.payload));
  if (!byPayload || byPayload.equals(byLeaf)) {
    const findings: Finding[] = [];
    if (!byPayload) findings.push(finding('entry_missing', where));
    // Where a whole tile is missing, that is said once, with the tile.
    if (tileHash && !tileHash.equals(byLeaf)) findings.push(finding('tile_damaged', tile));
    return { findings, leafHash: byLeaf, isPayloadIntact: byPayload !== null };
  }
  if (tileHash?.equals(byPayload)) {
    return { findings: [finding('leaf_damaged', where)], leafHash: byPayload, isPayloadIntact: true };
  }
  const findings = [finding('payload_damaged', `entry ${leaf.entryId}`)];
  // All three differ: then the leaf may be wrong as well, and nothing decides.
  if (!tileHash?.equals(byLeaf)) findings.push(finding('leaf_damaged', where));
  return { findings, leafHash: tileHash ?? byLeaf, isPayloadIntact: false };
}

function hashOfDigest(payloadDigest: Buffer): Buffer {
  return RecursiveTree.hashOfLeaf(Buffer.concat([Buffer.of(0x01), payloadDigest]));
}

function edgeOf(index: number, { end, edge }: Page): Buffer | undefined {
  return Math.floor(index / tileLeaves) === Math.floor(end / tileLeaves) ? edge : undefined;
}

function hashOf(tile: Buffer | undefined, position: number): Buffer | undefined {
  const hash = tile?.subarray(position * hashBytes, (position + 1) * hashBytes);
  return hash?.length === hashBytes ? hash : undefined;
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
