/**
 * Roots and proofs of any earlier size, read from tiles. A proof is first planned as a list of ranges of leaves (pure
 * arithmetic), so that all tiles it needs can be read in one query, and then each range's root is computed.
 */
import { assert } from '#foundation/refusal';
import { emptyRoot, largestPowerBelow, nodeHash } from './merkle.ts';
import { hashInTile, tileWidth, type TileAddress } from './tiles.ts';
import { rootOfHashes } from './tree-writer.ts';

/** The leaves `start` … `end - 1`, as the recursion of RFC 9162 cuts them. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The hashes of a tile, full or as far as it is written. */
export type ReadTile = (address: TileAddress) => Buffer;

/** PATH(m, D[n]), RFC 9162 section 2.1.3.1: from the leaf's sibling up to the root's child. */
export function planInclusion(index: number, size: number): Range[] {
  assert(index < size, `leaf ${index} is in the tree of ${size}`);
  const path: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  return path.reverse();
}

/** PROOF(m, D[n]), RFC 9162 section 2.1.4.1. */
export function planConsistency(first: number, second: number): Range[] {
  assert(first <= second, `the tree of ${first} is part of the tree of ${second}`);
  if (first === 0 || first === second) return [];
  const path: Range[] = [];
  let [start, end] = [0, second];
  while (end !== first) {
    const middle = start + largestPowerBelow(end - start);
    if (first <= middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier knows the first root; its last subtree is part of the proof only if it is not that root itself.
  if (start > 0) path.push({ start, end });
  return path.reverse();
}

export function tilesOf(ranges: readonly Range[]): TileAddress[] {
  const addresses = new Map<string, TileAddress>();
  for (const range of ranges) {
    for (const { level, from } of subtreesOf(range)) {
      const index = Math.floor(from / tileWidth);
      addresses.set(`${level}/${index}`, { level, index });
    }
  }
  return [...addresses.values()];
}

/** MTH of a range: the complete subtrees it consists of, the smallest last, joined from the right. */
export function rootOfRange(range: Range, read: ReadTile): Buffer {
  let root: Buffer | undefined;
  for (const { level, from, count } of subtreesOf(range).reverse()) {
    const tile = read({ level, index: Math.floor(from / tileWidth) });
    const first = from % tileWidth;
    const subtree = rootOfHashes(
      Array.from({ length: count }, (_, position) => {
        const hash = hashInTile(tile, first + position);
        assert(
          hash.length > 0,
          `tile ${level}/${Math.floor(from / tileWidth)} has a hash ${first + position}`,
        );
        return hash;
      }),
    );
    root = root ? nodeHash(subtree, root) : subtree;
  }
  return root ?? emptyRoot;
}

interface Subtree {
  readonly level: number;
  /** Position of its first hash at that level, and how many hashes of one tile it joins. */
  readonly from: number;
  readonly count: number;
}

function subtreesOf({ start, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let from = start; from < end;) {
    const leaves = largestPowerBelow(end - from + 1);
    let level = 0;
    while (tileWidth ** (level + 1) <= leaves) level++;
    const leavesPerHash = tileWidth ** level;
    subtrees.push({ level, from: from / leavesPerHash, count: leaves / leavesPerHash });
    from += leaves;
  }
  return subtrees;
}
