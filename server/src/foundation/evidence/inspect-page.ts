/**
 * A page of leaves, each against its entry, its tile and the checkpoints of its size. What is one flipped bit is named
 * as the one thing it is: a leaf, its payload and its tile each say what the leaf's hash should be, and two of three
 * outvote the third.
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
  readInspectedLeaves,
  readTileRange,
  type InspectedEntry,
  type Snapshot,
} from './store/inspection.ts';

export interface InspectedLog {
  readonly logs: readonly SignedLog[];
  readonly receiptKeys: ReadonlyMap<string, KeyObject>;
  readonly unpublished: Unpublished;
}

export const tileLeaves = 256;
export const hashBytes = 32;

export interface Page {
  readonly start: number;
  readonly end: number;
  /** The partial tile of level 0. */
  readonly edge: Buffer;
}

interface PageInspection {
  readonly page: Page;
  readonly tree: RecursiveTree;
  readonly onGrown?: (size: number) => void;
}

/** Goes on with a tree that ends where the page begins. */
export async function* inspectPage(
  snapshot: Snapshot,
  log: InspectedLog,
  { page, tree, onGrown }: PageInspection,
): AsyncGenerator<Finding> {
  const found = await readInspectedLeaves(snapshot, page.start, page.end - page.start);
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
    onGrown?.(tree.size);

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

export function hashOf(tile: Buffer | undefined, position: number): Buffer | undefined {
  const hash = tile?.subarray(position * hashBytes, (position + 1) * hashBytes);
  return hash?.length === hashBytes ? hash : undefined;
}
