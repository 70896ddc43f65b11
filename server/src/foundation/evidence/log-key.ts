/** Keys of logs, and the sizes of the tree for which each counts. */
import { assert } from '#foundation/refusal';
import { parseVkey, type NoteVerifier } from './note.ts';
import type { Trust } from './trust.ts';

/** Valid for sizes (or indexes) in `fromSize` ≤ n < `untilSize`; null is open. */
export interface SizeInterval {
  readonly fromSize: number;
  readonly untilSize: number | null;
}

export interface LogKey extends SizeInterval {
  readonly verifier: NoteVerifier;
}

export function isWithin(size: number, { fromSize, untilSize }: SizeInterval): boolean {
  return size >= fromSize && (untilSize === null || size < untilSize);
}

export function logKeysOf(trust: Pick<Trust, 'logKeys'>): LogKey[] {
  return trust.logKeys.map(({ vkey, fromSize, untilSize }) => {
    const verifier = parseVkey(vkey);
    assert(verifier, 'a parsed trust file holds readable log keys');
    return { verifier, fromSize, untilSize };
  });
}

/** The verifiers of the keys that count for a checkpoint of that size. */
export function verifiersAt(keys: readonly LogKey[], size: number): NoteVerifier[] {
  return keys.filter((key) => isWithin(size, key)).map(({ verifier }) => verifier);
}
