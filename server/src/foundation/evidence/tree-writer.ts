/**
 * Appends leaves to the tree. Of the tree so far it needs only the right edge: the partial tile of each level, at most
 * 255 hashes each. It returns the tiles that became full and the new edge.
 */
import { assert } from '#foundation/refusal';
import { emptyRoot, hashBytes, nodeHash } from './merkle.ts';
import { hashesAtLevel, tileWidth, type Tile } from './tiles.ts';

export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
  /** The partial tile of each level from 0 up, empty where the level ends with a full one. */
  readonly edge: readonly Buffer[];
}

export const emptyHead: TreeHead = { size: 0, root: emptyRoot, edge: [] };

export function appendLeaves(
  head: TreeHead,
  leafHashes: readonly Buffer[],
): { readonly head: TreeHead; readonly tiles: readonly Tile[] } {
  assertEdgeFits(head);
  const levels = head.edge.map(splitHashes);
  const tiles: Tile[] = [];
  let size = head.size;
  for (const leafHash of leafHashes) {
    size++;
    let hash = leafHash;
    for (let level = 0; ; level++) {
      const row = (levels[level] ??= []);
      row.push(hash);
      if (row.length < tileWidth) break;
      tiles.push({ level, index: hashesAtLevel(size, level + 1) - 1, hashes: Buffer.concat(row) });
      hash = rootOfHashes(row);
      levels[level] = [];
    }
  }
  return {
    head: { size, root: rootOfEdge(levels), edge: levels.map((row) => Buffer.concat(row)) },
    tiles,
  };
}

/** The root over hashes of equal subtrees, of which the last may be smaller: RFC 9162's split, by position. */
export function rootOfHashes(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) above.push(nodeHash(row[i]!, row[i + 1]!));
    if (row.length % 2 === 1) above.push(row[row.length - 1]!);
    row = above;
  }
  assert(row[0], 'a root is taken of at least one hash');
  return row[0];
}

/** What the lower levels leave over is the last, smaller subtree of the level above. */
function rootOfEdge(levels: readonly (readonly Buffer[])[]): Buffer {
  let rest: Buffer | undefined;
  for (const row of levels) {
    const hashes = rest ? [...row, rest] : row;
    if (hashes.length > 0) rest = rootOfHashes(hashes);
  }
  return rest ?? emptyRoot;
}

function splitHashes(tile: Buffer): Buffer[] {
  return Array.from({ length: tile.length / hashBytes }, (_, i) =>
    tile.subarray(i * hashBytes, (i + 1) * hashBytes),
  );
}

function assertEdgeFits(head: TreeHead): void {
  for (let level = 0; hashesAtLevel(head.size, level) > 0; level++) {
    const width = hashesAtLevel(head.size, level) % tileWidth;
    assert(
      (head.edge[level]?.length ?? 0) === width * hashBytes,
      `the edge of a tree of ${head.size} has ${width} hashes at level ${level}`,
    );
  }
}
