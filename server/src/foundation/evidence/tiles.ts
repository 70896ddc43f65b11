/**
 * The tree cut into tiles as C2SP tlog-tiles prescribes: 256 hashes wide, and each hash at a level is the root of a
 * full tile of the level below. A full tile never changes; the tiles at the right edge are prefixes of full ones.
 */
import { decodeDecimal } from './encoding.ts';
import { hashBytes } from './merkle.ts';

export const tileWidth = 256;

export interface TileAddress {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TileAddress {
  /** The hashes, one after another; 256 of them in a full tile. */
  readonly hashes: Buffer;
}

/** A tile or bundle as a reader asks for it; 256 is the full one. */
export interface TileRequest extends TileAddress {
  readonly width: number;
}

/** How many hashes of a level a tree of this size has, which is `floor(size / 256^level)`. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level);
}

/** Whether a tree of that size has so many hashes in that tile. */
export function isCovered(request: TileRequest, size: number): boolean {
  return request.index * tileWidth + request.width <= hashesAtLevel(size, request.level);
}

/** `x001/x234/067`, with `.p/<width>` when the tile is not full. */
export function tilePath({ index, width }: { readonly index: number; readonly width: number }): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/[0-9]{3}/g) ?? [];
  const path = groups
    .map((group, position) => (position < groups.length - 1 ? `x${group}` : group))
    .join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
}

/** Reads `<L>/<N>[.p/<W>]`; undefined unless it is written exactly as `tilePath` writes it. */
export function parseTilePath(path: string): TileRequest | undefined {
  const slash = path.indexOf('/');
  const level = decodeDecimal(path.slice(0, Math.max(slash, 0)));
  const place = parseBundlePath(path.slice(slash + 1));
  if (level === undefined || level > 63 || !place) return undefined;
  return { level, ...place };
}

/** Reads `<N>[.p/<W>]`, the part that tiles and entry bundles share. */
export function parseBundlePath(path: string): { index: number; width: number } | undefined {
  const match = /^((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (!match) return undefined;
  const index = Number(match[1]!.replaceAll(/[x/]/g, ''));
  const width = match[2] === undefined ? tileWidth : Number(match[2]);
  if (!Number.isSafeInteger(index) || width > tileWidth) return undefined;
  return tilePath({ index, width }) === path ? { index, width } : undefined;
}

/** The hash at a position of a tile. */
export function hashInTile(hashes: Buffer, position: number): Buffer {
  return hashes.subarray(position * hashBytes, (position + 1) * hashBytes);
}
