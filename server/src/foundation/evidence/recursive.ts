/**
 * The tree by the recursive definition of RFC 9162 section 2.1.1, for `doctor` and for tests. It shares no code with
 * the writer of the log (not even the hash functions), so that one mistake cannot hide in both.
 */
import { createHash } from 'node:crypto';

/** MTH(D[n]) word for word. */
export function recursiveRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return digest(Buffer.of(0), leaves[0]!);
  const split = largestPowerBelow(leaves.length);
  return digest(Buffer.of(1), recursiveRoot(leaves.slice(0, split)), recursiveRoot(leaves.slice(split)));
}

/**
 * The same root when leaves come one after another, in memory that grows with the logarithm: of the tree so far it
 * keeps the complete subtrees that no larger complete subtree contains, which are those that the recursion of
 * `root()` ends at. `onComplete` sees every complete subtree once (height 0 is a leaf's hash).
 */
export class RecursiveTree {
  size = 0;
  readonly #complete: Buffer[] = [];
  readonly #onComplete: (height: number, index: number, hash: Buffer) => void;

  constructor(onComplete: (height: number, index: number, hash: Buffer) => void = () => {}) {
    this.#onComplete = onComplete;
  }

  static hashOfLeaf(leaf: Uint8Array): Buffer {
    return digest(Buffer.of(0), leaf);
  }

  addLeafHash(leafHash: Buffer): void {
    this.addSubtree(0, leafHash);
  }

  /** A complete subtree of 2^height leaves at once, where the tree so far ends with one as large or larger. */
  addSubtree(subtreeHeight: number, subtreeHash: Buffer): void {
    let hash = subtreeHash;
    let height = subtreeHeight;
    let index = this.size / 2 ** height;
    if (!Number.isInteger(index)) throw new Error('a subtree begins at a multiple of its size');
    this.#onComplete(height, index, hash);
    for (; index % 2 === 1; height++) {
      hash = digest(Buffer.of(1), this.#complete[height]!, hash);
      index = (index - 1) / 2;
      this.#onComplete(height + 1, index, hash);
    }
    this.#complete[height] = hash;
    this.size += 2 ** subtreeHeight;
  }

  root(): Buffer {
    return this.size === 0 ? digest() : this.#rootOfLast(this.size);
  }

  /** MTH of the last `count` leaves, where all before them are whole subtrees. */
  #rootOfLast(count: number): Buffer {
    const whole = largestPowerBelow(count + 1);
    const left = this.#complete[Math.log2(whole)]!;
    return whole === count ? left : digest(Buffer.of(1), left, this.#rootOfLast(count - whole));
  }
}

/** k, the largest power of two smaller than n. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function digest(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
