/**
 * Inspects some of the old tiles again. Each is led up, tile by tile, to the hashes that the last inspection remembered,
 * which come to a root that the log key signed; so a tile that changed is found without recomputing what lies beside it.
 */
import { finding, type Finding } from './finding.ts';
import { hashBytes, hashOf, inspectPage, tileLeaves, type InspectedLog } from './inspect-page.ts';
import { treeOfRows } from './inspected-place.ts';
import { RecursiveTree } from './recursive.ts';
import { readTileRange, type Snapshot } from './store/inspection.ts';

/** What the last inspection came to. */
export interface SignedTree {
  readonly size: number;
  readonly rows: readonly Buffer[];
}

interface SampleInspection {
  readonly signed: SignedTree;
  readonly sample: ReadonlySet<number>;
}

export async function* inspectSample(
  snapshot: Snapshot,
  log: InspectedLog,
  { signed, sample }: SampleInspection,
): AsyncGenerator<Finding> {
  const tiles = new ProvenTiles(snapshot, signed);
  for (const index of sample) {
    const rows = await tiles.rowsBefore(index);
    const expected = await tiles.hashAt(1, index);
    yield* tiles.findings.splice(0);
    // Where a tile above is wrong, nothing tells what is right below it; only the whole inspection does.
    if (!rows || !expected) continue;
    yield* inspectTile(snapshot, log, { index, rows, expected });
  }
}

async function* inspectTile(
  snapshot: Snapshot,
  log: InspectedLog,
  tile: { readonly index: number; readonly rows: readonly Buffer[]; readonly expected: Buffer },
): AsyncGenerator<Finding> {
  const { index, expected } = tile;
  const where = `tile 0/${index}`;
  if (!(await readTileRange(snapshot, 0, index, index + 1)).has(index)) yield finding('tile_missing', where);
  let root: Buffer | undefined;
  const tree = treeOfRows(tile.rows, (height, place, hash) => {
    if (height === 8 && place === index) root = hash;
  });
  const page = { start: index * tileLeaves, end: (index + 1) * tileLeaves, edge: Buffer.alloc(0) };
  yield* inspectPage(snapshot, log, { page, tree });
  // Leaves, payloads and tile agree with each other, and yet they are not what was signed.
  if (!root?.equals(expected)) yield finding('tile_damaged', where);
}

/** Tiles above level 0, each once led up to the remembered hashes: some 8 KB for 16 million leaves. */
class ProvenTiles {
  readonly findings: Finding[] = [];
  readonly #known = new Map<string, Buffer | undefined>();
  readonly #snapshot: Snapshot;
  readonly #signed: SignedTree;

  constructor(snapshot: Snapshot, signed: SignedTree) {
    this.#snapshot = snapshot;
    this.#signed = signed;
  }

  /** The rows of the tree that ends where that tile of level 0 begins. */
  async rowsBefore(tile: number): Promise<Buffer[] | undefined> {
    const rows: Buffer[] = [Buffer.alloc(0)];
    let hashes = tile;
    for (let level = 1; hashes > 0; level++) {
      const row = await this.#tileAt(level, Math.floor(hashes / tileLeaves));
      if (!row) return undefined;
      rows.push(row.subarray(0, (hashes % tileLeaves) * hashBytes));
      hashes = Math.floor(hashes / tileLeaves);
    }
    return rows;
  }

  /** The hash of a level by its index in all of that level. */
  async hashAt(level: number, index: number): Promise<Buffer | undefined> {
    const tile = await this.#tileAt(level, Math.floor(index / tileLeaves));
    return hashOf(tile, index % tileLeaves);
  }

  async #tileAt(level: number, index: number): Promise<Buffer | undefined> {
    const fullTiles = Math.floor(this.#signed.size / tileLeaves ** (level + 1));
    if (index === fullTiles) return this.#signed.rows[level];
    const name = `${level}/${index}`;
    if (!this.#known.has(name)) this.#known.set(name, await this.#prove(level, index));
    return this.#known.get(name);
  }

  async #prove(level: number, index: number): Promise<Buffer | undefined> {
    const expected = await this.hashAt(level + 1, index);
    if (!expected) return undefined;
    const stored = (await readTileRange(this.#snapshot, level, index, index + 1)).get(index);
    if (stored && rootOf(stored).equals(expected)) return stored;
    this.findings.push(finding(stored ? 'tile_damaged' : 'tile_missing', `tile ${level}/${index}`));
    return undefined;
  }
}

/** Of the subtree whose hashes at the tile's level these are. */
function rootOf(tile: Buffer): Buffer {
  const tree = new RecursiveTree();
  for (let at = 0; at < tile.length; at += hashBytes) tree.addLeafHash(tile.subarray(at, at + hashBytes));
  return tree.root();
}
