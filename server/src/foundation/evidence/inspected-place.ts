/**
 * How far the log was inspected and found right, so that the next inspection goes on from there. The hashes prove
 * themselves: what they come to is what the log key signed. That everything below them was looked at is only our own
 * word, so the file is authenticated under a key that is derived from the master key.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readSigned } from './inspect-checkpoints.ts';
import type { SignedLog } from './log-key.ts';
import { RecursiveTree } from './recursive.ts';

export interface InspectedPlace {
  /** The signed checkpoint up to which everything was found right. */
  readonly checkpoint: string;
  /** Of each level of tiles, from 0 up, the hashes that no full tile of that tree has taken. */
  readonly rows: readonly Buffer[];
  /** Both by the clock of the database. */
  readonly inspectedAt: Temporal.Instant;
  /** When everything was inspected, not only what was new. */
  readonly wholeAt: Temporal.Instant;
}

/** What the key that authenticates the file is derived for. */
export const placePurpose = 'lienthong inspected place';

/** A line of JSON and a line that authenticates it. */
export function formatPlace(place: InspectedPlace, key: Buffer): string {
  const { checkpoint, rows, inspectedAt, wholeAt } = place;
  const line = JSON.stringify({
    checkpoint,
    rows: rows.map((row) => row.toString('base64')),
    inspectedAt: String(inspectedAt),
    wholeAt: String(wholeAt),
  });
  return `${line}\n${macOf(line, key).toString('base64')}\n`;
}

/** Undefined unless it was written under one of these keys, and is as it was. */
export function parsePlace(text: string, keys: readonly Buffer[]): InspectedPlace | undefined {
  const [line = '', mac = '', ...rest] = text.split('\n');
  const given = Buffer.from(mac, 'base64');
  const isOurs = keys.some((key) => {
    const expected = macOf(line, key);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  if (!isOurs || rest.join('') !== '') return undefined;
  const written = JSON.parse(line) as Written;
  return {
    checkpoint: written.checkpoint,
    rows: written.rows.map((row) => Buffer.from(row, 'base64')),
    inspectedAt: Temporal.Instant.from(written.inspectedAt),
    wholeAt: Temporal.Instant.from(written.wholeAt),
  };
}

interface Written {
  readonly checkpoint: string;
  readonly rows: readonly string[];
  readonly inspectedAt: string;
  readonly wholeAt: string;
}

function macOf(line: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(line).digest();
}

/** The size of the tree that the hashes come to; undefined where that is not the tree that the log key signed. */
export function signedSizeOf(place: InspectedPlace, logs: readonly SignedLog[]): number | undefined {
  const signed = readSigned(place.checkpoint, logs);
  const isRows = place.rows.every((row) => row.length % hashBytes === 0 && row.length < tileBytes);
  if (!signed || !isRows) return undefined;
  const tree = treeOfRows(place.rows);
  return tree.size === signed.size && tree.root().equals(signed.root) ? signed.size : undefined;
}

const hashBytes = 32;
const tileBytes = 256 * hashBytes;

/** The tree that has these hashes at its right edge: the large subtrees come first. */
export function treeOfRows(
  rows: readonly Buffer[],
  onComplete?: (height: number, index: number, hash: Buffer) => void,
): RecursiveTree {
  const tree = new RecursiveTree(onComplete);
  for (const [level, row] of [...rows.entries()].reverse()) {
    for (let at = 0; at < row.length; at += hashBytes)
      tree.addSubtree(8 * level, row.subarray(at, at + hashBytes));
  }
  return tree;
}
