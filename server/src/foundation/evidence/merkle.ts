/**
 * The Merkle tree of RFC 9162 section 2.1: its hashes, and the verification of proofs. Everything here is what a
 * verifier needs; no proof is made here. Sizes and indexes are numbers: 2^53 entries outlast us.
 */
import { sha256 } from './encoding.ts';

export const hashBytes = 32;

/** MTH({}): the root of the empty tree. */
export const emptyRoot = sha256('');

const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

export function leafHash(leaf: Uint8Array): Buffer {
  return sha256(Buffer.concat([leafPrefix, leaf]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion({ index, size, leafHash, root, hashes }: InclusionProof): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leafHash, root, ...hashes]))
    return false;
  let position = index;
  let last = size - 1;
  let computed: Buffer = Buffer.from(leafHash);
  for (const hash of hashes) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      computed = nodeHash(hash, computed);
      while (!isOdd(position) && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      computed = nodeHash(computed, hash);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && computed.equals(root);
}

export interface ConsistencyProof {
  readonly first: { readonly size: number; readonly root: Uint8Array };
  readonly second: { readonly size: number; readonly root: Uint8Array };
  readonly hashes: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.4.2. The empty tree is consistent with everything and so shows nothing: it is refused. */
export function verifyConsistency({ first, second, hashes }: ConsistencyProof): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size === 0 || first.size > second.size)
    return false;
  if (first.size === second.size) return hashes.length === 0 && isSame(first.root, second.root);
  if (hashes.length === 0 || !areHashes([first.root, second.root, ...hashes])) return false;
  const path = isPowerOfTwo(first.size) ? [first.root, ...hashes] : hashes;

  let position = first.size - 1;
  let last = second.size - 1;
  while (isOdd(position)) {
    position = half(position);
    last = half(last);
  }
  let firstRoot: Buffer = Buffer.from(path[0]!);
  let secondRoot = firstRoot;
  for (const hash of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      firstRoot = nodeHash(hash, firstRoot);
      secondRoot = nodeHash(hash, secondRoot);
      while (!isOdd(position) && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      secondRoot = nodeHash(secondRoot, hash);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && firstRoot.equals(first.root) && secondRoot.equals(second.root);
}

/** The k of RFC 9162: the largest power of two smaller than the count. Math.log2 would round near 2^49. */
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

// Not `>> 1` and `& 1`: those cut numbers to 32 bits.
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isPowerOfTwo = (value: number): boolean => largestPowerBelow(value + 1) === value;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === hashBytes);
const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
