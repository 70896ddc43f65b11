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

/** Those that sign for one origin: a key speaks for the log of its own name only. */
export function logKeysOf(trust: Pick<Trust, 'logKeys' | 'origin'>, origin: string = trust.origin): LogKey[] {
  const keys = trust.logKeys.map(({ vkey, fromSize, untilSize }) => {
    const verifier = parseVkey(vkey);
    assert(verifier, 'a parsed trust file holds readable log keys');
    return { verifier, fromSize, untilSize };
  });
  return keys.filter(({ verifier }) => verifier.name === origin);
}

/** One name under which the log was signed. */
export interface SignedLog {
  readonly origin: string;
  readonly keys: readonly LogKey[];
  /** Up to so many leaves it is the tree of today; what it signed beyond is lost. Undefined for the present name. */
  readonly keptSize?: number;
}

/** The log under its present name and its former ones. */
export function signedLogsOf(trust: Pick<Trust, 'logKeys' | 'origin' | 'formerOrigins'>): SignedLog[] {
  const former = (trust.formerOrigins ?? []).map(({ origin, keptSize }) => ({
    origin,
    keys: logKeysOf(trust, origin),
    keptSize,
  }));
  return [{ origin: trust.origin, keys: logKeysOf(trust) }, ...former];
}

/** The verifiers of the keys that count for a checkpoint of that size. */
export function verifiersAt(keys: readonly LogKey[], size: number): NoteVerifier[] {
  return keys.filter((key) => isWithin(size, key)).map(({ verifier }) => verifier);
}
