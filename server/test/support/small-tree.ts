/** Trees of up to 255 leaves in memory, signed by the log of the tests: what a witness is shown. */
import { signCheckpoint } from '../../src/foundation/evidence/checkpoint.ts';
import { formatCosigningRequest } from '../../src/foundation/evidence/cosigning-request.ts';
import { leafHash } from '../../src/foundation/evidence/merkle.ts';
import { planConsistency, rootOfRange } from '../../src/foundation/evidence/tree-proof.ts';
import { appendLeaves, emptyHead } from '../../src/foundation/evidence/tree-writer.ts';
import { logSigner } from './evidence.ts';

export interface SmallTree {
  rootAt(size: number): Buffer;
  checkpointAt(size: number): string;
  consistency(from: number, to: number): Buffer[];
  /** The body of `add-checkpoint`, as an honest log writes it. */
  request(from: number, to: number): string;
}

/** Two trees of other names differ from the leaf on at which they fork. */
export function smallTree(name = 'only', { forksAt = 0 } = {}): SmallTree {
  const leaves = Array.from({ length: 255 }, (_, index) =>
    leafHash(Buffer.from(index < forksAt ? `leaf ${index}` : `${name} ${index}`)),
  );
  const headAt = (size: number) => appendLeaves(emptyHead, leaves.slice(0, size)).head;
  const tree: SmallTree = {
    rootAt: (size) => headAt(size).root,
    checkpointAt: (size) => signCheckpoint(headAt(size), logSigner),
    consistency: (from, to) =>
      planConsistency(from, to).map((range) => rootOfRange(range, () => headAt(to).edge[0]!)),
    request: (from, to) =>
      formatCosigningRequest({
        oldSize: from,
        proof: tree.consistency(from, to),
        checkpoint: tree.checkpointAt(to),
      }),
  };
  return tree;
}
