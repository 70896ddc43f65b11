/** C2SP tlog-witness, `add-checkpoint`: what a witness answers to a checkpoint, and what it remembers of it. */
import { parseCheckpoint, type Checkpoint } from '../checkpoint.ts';
import type { Cosigner } from '../cosignature.ts';
import { parseCosigningRequest, type CosigningRequest } from '../cosigning-request.ts';
import { verifiersAt, type LogKey } from '../log-key.ts';
import { emptyRoot, verifyConsistency } from '../merkle.ts';
import { formatNote, formatSignatureLine, verifyNote } from '../note.ts';
import type { Kept, WitnessMemory } from './witness-memory.ts';

export interface Witness {
  readonly memory: WitnessMemory;
  readonly cosigner: Cosigner;
  /** The logs that it follows, by origin. */
  readonly logs: ReadonlyMap<string, readonly LogKey[]>;
  now(): Temporal.Instant;
  /** Told of two checkpoints of one log, both rightly signed, that contradict each other: the proof of a fork. */
  onContradiction(kept: string, shown: string): void;
}

export type CosigningAnswer =
  | { readonly status: 200; readonly cosignature: string; readonly checkpoint: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string };

/** Synchronous from the first comparison to the durable write: two requests cannot come between each other. */
export function cosignCheckpoint(witness: Witness, body: string): CosigningAnswer {
  const request = parseCosigningRequest(body);
  const checkpoint = request && parseCheckpoint(request.checkpoint, { mayBeExtended: true });
  if (!request || !checkpoint) return { status: 400, reason: 'the body is not an add-checkpoint request' };
  const { origin, size, root, note } = checkpoint;
  const keys = witness.logs.get(origin);
  if (!keys) return { status: 404, reason: 'this witness does not follow that log' };
  const signers = verifyNote(note, verifiersAt(keys, size));
  if (signers.length === 0) return { status: 403, reason: 'no key of that log signed the checkpoint' };

  return witness.memory.atomically(() => {
    const kept = witness.memory.kept(origin);
    if (kept?.size === size && !kept.root.equals(root)) {
      witness.onContradiction(kept.checkpoint, request.checkpoint);
    }
    const refusal = refusalOf(request, checkpoint, kept);
    if (refusal) return refusal;
    const cosignature = witness.cosigner.cosign(note.text, witness.now());
    const ofLog = note.signatures.filter(({ name, keyId }) =>
      signers.some((signer) => signer.name === name && signer.keyId.equals(keyId)),
    );
    const cosigned = formatNote({ text: note.text, signatures: [...ofLog, cosignature] });
    witness.memory.keep(origin, { size, root, checkpoint: cosigned });
    return { status: 200, cosignature: formatSignatureLine(cosignature), checkpoint: cosigned };
  });
}

/** Pure: the rules of the specification, in its order. */
export function refusalOf(
  { oldSize, proof }: CosigningRequest,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  kept: Pick<Kept, 'size' | 'root'> | undefined,
): CosigningAnswer | undefined {
  if (oldSize > size) return { status: 400, reason: 'the old size is larger than that of the checkpoint' };
  const first = kept ?? { size: 0, root: emptyRoot };
  if (oldSize !== first.size) return { status: 409, size: first.size };
  if (size === 0 && !root.equals(emptyRoot)) {
    return { status: 422, reason: 'the root is not that of the empty tree' };
  }
  if (oldSize === 0) {
    return proof.length > 0
      ? { status: 422, reason: 'from the empty tree there is nothing to prove' }
      : undefined;
  }
  return verifyConsistency({ first, second: { size, root }, hashes: proof })
    ? undefined
    : { status: 422, reason: 'the checkpoint is not proved consistent with the one cosigned before' };
}
