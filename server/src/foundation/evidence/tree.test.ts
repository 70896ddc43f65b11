import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import { recursiveRoot, RecursiveTree } from './recursive.ts';
import { hashInTile, isCovered, tileWidth, type Tile } from './tiles.ts';
import { planConsistency, planInclusion, rootOfRange, tilesOf, type ReadTile } from './tree-proof.ts';
import { appendLeaves, emptyHead, type TreeHead } from './tree-writer.ts';

const maxSize = 600;
const leaves = Array.from({ length: maxSize }, (_, index) => Buffer.from(`leaf ${index}`));
const leafHashes = leaves.map(leafHash);
const roots = Array.from({ length: maxSize + 1 }, (_, size) => recursiveRoot(leaves.slice(0, size)));

test('the writer, leaf by leaf, has the root of the recursive definition at every size', () => {
  let head: TreeHead = emptyHead;
  const tree = new RecursiveTree();
  for (const [index, hash] of leafHashes.entries()) {
    head = appendLeaves(head, [hash]).head;
    tree.addLeafHash(hash);
    expect(head.root).toEqual(roots[index + 1]);
    expect(tree.root()).toEqual(roots[index + 1]);
  }
});

test('however the leaves are cut into batches, head and tiles are the same', () => {
  const whole = write([leafHashes]);
  const cuts = fc.array(fc.integer({ min: 0, max: maxSize }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const bounds = [0, ...positions.toSorted((a, b) => a - b), maxSize];
      const batches = bounds.slice(1).map((end, i) => leafHashes.slice(bounds[i], end));
      expect(write(batches)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('every leaf of every earlier tree is proved from the tiles of a later one', () => {
  const { read } = reader(write([leafHashes]));
  const sizes = fc
    .integer({ min: 1, max: maxSize })
    .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));
  fc.assert(
    fc.property(sizes, ([size, index]) => {
      const hashes = planInclusion(index, size).map((range) => rootOfRange(range, read));
      const proof = { index, size, root: roots[size]!, leafHash: leafHashes[index]!, hashes };
      expect(verifyInclusion(proof)).toBe(true);
      expect(verifyInclusion({ ...proof, index: (index + 1) % size })).toBe(size === 1);
    }),
    { numRuns: 1_000 },
  );
});

test('every two sizes are proved consistent from the tiles of a later one', () => {
  const { read } = reader(write([leafHashes]));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: maxSize }), fc.integer({ min: 1, max: maxSize }), (one, other) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)];
      const hashes = planConsistency(first, second).map((range) => rootOfRange(range, read));
      const heads = {
        first: { size: first, root: roots[first]! },
        second: { size: second, root: roots[second]! },
      };
      expect(verifyConsistency({ ...heads, hashes })).toBe(true);
      expect(verifyConsistency({ ...heads, first: { size: first, root: Buffer.alloc(32) }, hashes })).toBe(
        false,
      );
    }),
    { numRuns: 1_000 },
  );
});

test('the root of an earlier size is read from tiles, and only tiles that such a tree has are asked for', () => {
  const { read, asked } = reader(write([leafHashes]));
  for (let size = 0; size <= maxSize; size++) {
    asked.length = 0;
    const range = { start: 0, end: size };
    expect(rootOfRange(range, read)).toEqual(roots[size]);
    for (const { level, index } of tilesOf([range])) {
      expect(isCovered({ level, index, width: 1 }, size)).toBe(true);
    }
    expect(new Set(asked)).toEqual(new Set(tilesOf([range]).map(({ level, index }) => `${level}/${index}`)));
  }
});

test('a tree of 70,000 has the tiles that the specification names', () => {
  const hashes = Array.from({ length: 70_000 }, (_, index) => leafHash(Buffer.from(String(index))));
  const { head, tiles } = write([hashes]);
  expect(tiles.filter(({ level }) => level === 0)).toHaveLength(273);
  expect(tiles.filter(({ level }) => level === 1)).toHaveLength(1);
  expect(head.edge.map((tile) => tile.length / 32)).toEqual([112, 17, 1]);
  const tree = new RecursiveTree();
  for (const hash of hashes) tree.addLeafHash(hash);
  expect(head.root).toEqual(tree.root());
});

test('a head whose edge was tampered with is not written on', () => {
  const { head } = write([leafHashes]);
  expect(() => appendLeaves({ ...head, size: head.size + 1 }, [])).toThrow('edge');
});

interface Written {
  readonly head: TreeHead;
  readonly tiles: readonly Tile[];
}

function write(batches: readonly (readonly Buffer[])[]): Written {
  let head: TreeHead = emptyHead;
  const tiles: Tile[] = [];
  for (const batch of batches) {
    const written = appendLeaves(head, batch);
    head = written.head;
    tiles.push(...written.tiles);
  }
  return { head, tiles };
}

function reader({ head, tiles }: Written): { read: ReadTile; asked: string[] } {
  const asked: string[] = [];
  const full = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]));
  return {
    asked,
    read: ({ level, index }) => {
      asked.push(`${level}/${index}`);
      const hashes = full.get(`${level}/${index}`) ?? head.edge[level]!;
      expect(hashInTile(hashes, 0)).toHaveLength(32);
      expect(hashes.length).toBeLessThanOrEqual(tileWidth * 32);
      return hashes;
    },
  };
}
