/** What the public may read of the log: only what a signed checkpoint covers. */
import type { Transaction } from '#foundation/db';
import { withCosignatures } from './cosigned-checkpoint.ts';
import { leafData } from './entry.ts';
import { loadTiles } from './log-tree.ts';
import { hashBytes } from './merkle.ts';
import { readCheckpointToCosign } from './store/cosignatures.ts';
import { readNewestCheckpoint, readPayloadDigests } from './store/log.ts';
import { isCovered, tileWidth, type TileRequest } from './tiles.ts';

/** With the cosignatures that it has by now. */
export async function readCheckpoint(tx: Transaction): Promise<string | undefined> {
  const newest = await readNewestCheckpoint(tx);
  return newest && withCosignatures(tx, newest);
}

/** The one that all witnesses are asked to cosign now. */
export async function readRequestedCheckpoint(tx: Transaction): Promise<string | undefined> {
  return (await readCheckpointToCosign(tx))?.note;
}

/** A tile never changes, so a partial one is the beginning of what is there now. */
export async function readTile(tx: Transaction, request: TileRequest): Promise<Buffer | undefined> {
  if (!(await isPublished(tx, request))) return undefined;
  const read = await loadTiles(tx, [request]);
  return read(request).subarray(0, request.width * hashBytes);
}

/** An entry bundle: each leaf's data after its length in two bytes. */
export async function readBundle(
  tx: Transaction,
  { index, width }: { readonly index: number; readonly width: number },
): Promise<Buffer | undefined> {
  if (!(await isPublished(tx, { level: 0, index, width }))) return undefined;
  const start = index * tileWidth;
  const digests = await readPayloadDigests(tx, start, start + width);
  return Buffer.concat(
    digests.flatMap((digest) => {
      const leaf = leafData(digest);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return [length, leaf];
    }),
  );
}

async function isPublished(tx: Transaction, request: TileRequest): Promise<boolean> {
  const checkpoint = await readNewestCheckpoint(tx);
  return checkpoint !== undefined && isCovered(request, checkpoint.size);
}
