/** The stored tree at any size it ever had: full tiles from their table, the others from the right edge. */
import type { Transaction } from '#foundation/db';
import { assert } from '#foundation/refusal';
import { hashesAtLevel, tileWidth, type TileAddress } from './tiles.ts';
import { readFullTiles, readHead } from './store/log.ts';
import { rootOfRange, tilesOf, type Range, type ReadTile } from './tree-proof.ts';

/** The roots of some ranges, with all their tiles read in one query. */
export async function readRoots(tx: Transaction, ranges: readonly Range[]): Promise<Buffer[]> {
  const read = await loadTiles(tx, tilesOf(ranges));
  return ranges.map((range) => rootOfRange(range, read));
}

export async function readRootAt(tx: Transaction, size: number): Promise<Buffer> {
  const [root] = await readRoots(tx, [{ start: 0, end: size }]);
  assert(root, 'one range has one root');
  return root;
}

export async function loadTiles(tx: Transaction, addresses: readonly TileAddress[]): Promise<ReadTile> {
  // The head first: what is partial there may be full a moment later, and then it is in both places; never in none.
  const head = await readHead(tx);
  const full = new Map(
    (await readFullTiles(tx, addresses)).map(({ level, index, hashes }) => [`${level}/${index}`, hashes]),
  );
  return ({ level, index }) => {
    const isAtEdge = index === Math.floor(hashesAtLevel(head.size, level) / tileWidth);
    const hashes = full.get(`${level}/${index}`) ?? (isAtEdge ? head.edge[level] : undefined);
    assert(hashes, `the log has tile ${level}/${index}`);
    return hashes;
  };
}
