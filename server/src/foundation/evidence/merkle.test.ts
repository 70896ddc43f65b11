import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyRoot, leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import { recursiveRoot } from './recursive.ts';

// The eight leaves that implementations of RFC 6962 test with since Google's first one, and their roots.
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots of the well-known eight leaves are the well-known roots', () => {
  expect(emptyRoot.toString('hex')).toBe(roots[0]);
  expect(leafHash(Buffer.alloc(0)).toString('hex')).toBe(roots[1]);
  for (const [size, root] of roots.entries()) {
    expect(recursiveRoot(leaves.slice(0, size)).toString('hex')).toBe(root);
  }
});

test('a size or index that a number cannot hold exactly is refused', () => {
  const hash = Buffer.alloc(32);
  expect(verifyInclusion({ index: 2 ** 53, size: 2 ** 54, leafHash: hash, root: hash, hashes: [] })).toBe(
    false,
  );
  expect(verifyInclusion({ index: -1, size: 1, leafHash: hash, root: hash, hashes: [] })).toBe(false);
  expect(verifyInclusion({ index: 0.5, size: 1, leafHash: hash, root: hash, hashes: [] })).toBe(false);
});

test('a proof of the largest countable tree is decided without wrapping to 32 bits', () => {
  const size = 2 ** 49 - 1;
  const first = { size: 2 ** 49 - 2, root: Buffer.alloc(32) };
  expect(
    verifyConsistency({ first, second: { size, root: Buffer.alloc(32) }, hashes: [Buffer.alloc(32)] }),
  ).toBe(false);
});

const samples = new URL('../../../../../shared/samples/merkle/', import.meta.url);

interface InclusionVector {
  readonly case: string;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly case: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const inclusion = readVectors('inclusion.json') as InclusionVector[] | undefined;
const consistency = readVectors('consistency.json') as ConsistencyVector[] | undefined;

describe.skipIf(!inclusion)('public inclusion vectors (skipped where ../shared is absent)', () => {
  test.each(inclusion ?? [])('$case', (vector) => {
    const verified = verifyInclusion({
      index: vector.leafIdx,
      size: vector.treeSize,
      root: bytes(vector.root),
      leafHash: bytes(vector.leafHash),
      hashes: (vector.proof ?? []).map(bytes),
    });
    expect(verified).toBe(!vector.wantErr);
  });
});

describe.skipIf(!consistency)('public consistency vectors (skipped where ../shared is absent)', () => {
  test.each(consistency ?? [])('$case', (vector) => {
    const verified = verifyConsistency({
      first: { size: vector.size1, root: bytes(vector.root1) },
      second: { size: vector.size2, root: bytes(vector.root2) },
      hashes: (vector.proof ?? []).map(bytes),
    });
    expect(verified).toBe(!vector.wantErr);
  });
});

function readVectors(name: string): unknown {
  const file = new URL(name, samples);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
