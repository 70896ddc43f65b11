/**
 * For a witness that can only dial out: it fetches the checkpoint that the log wants cosigned, proves to itself by tiles
 * that it extends what it knows, and brings its cosignature to the log.
 */
import { parseCheckpoint, type CheckpointBody } from '../checkpoint.ts';
import { formatCosigningRequest } from '../cosigning-request.ts';
import { hashBytes } from '../merkle.ts';
import { askStranger, below, type Answer } from '../stranger.ts';
import { hashesAtLevel, tilePath, tileWidth, type TileAddress } from '../tiles.ts';
import { planConsistency, rootOfRange, tilesOf } from '../tree-proof.ts';
import { cosignCheckpoint, type Witness } from './cosign-checkpoint.ts';

export interface PolledLog {
  /** Where the log is served, without `/log`. */
  readonly url: URL;
  readonly signal: AbortSignal;
}

const withinMilliseconds = 10_000;
const maxCheckpointBytes = 256 * 1024;
const maxAnswerBytes = 16 * 1024;

/** Returns the size that it cosigned and brought, or undefined where that was done already. Throws for all else. */
export async function pollLog(
  witness: Witness,
  log: PolledLog,
  brought: { readonly size: number; readonly root: Buffer } | undefined,
): Promise<CheckpointBody | undefined> {
  const fetched = await fetchPart(log, 'checkpoint/to-cosign', maxCheckpointBytes);
  const text = fetched.content.toString('utf8');
  const checkpoint = parseCheckpoint(text, { mayBeExtended: true });
  if (!checkpoint) throw new Error(`${log.url.href} serves no checkpoint`);
  if (brought?.size === checkpoint.size && brought.root.equals(checkpoint.root)) return undefined;
  const oldSize = witness.memory.kept(checkpoint.origin)?.size ?? 0;
  const proof =
    oldSize <= checkpoint.size ? await proveConsistency(log, { from: oldSize, to: checkpoint.size }) : [];
  // The same judge as for a checkpoint that is sent to us: the tiles are believed nothing.
  const answer = cosignCheckpoint(witness, formatCosigningRequest({ oldSize, proof, checkpoint: text }));
  if (answer.status !== 200) {
    const reason = answer.status === 409 ? `${answer.size} was cosigned meanwhile` : answer.reason;
    throw new Error(`checkpoint ${checkpoint.size} of ${checkpoint.origin} is not cosigned: ${reason}`);
  }
  await bring(log, answer.checkpoint);
  return checkpoint;
}

async function proveConsistency(
  log: PolledLog,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Buffer[]> {
  const ranges = planConsistency(from, to);
  const tiles = new Map<string, Buffer>();
  for (const address of tilesOf(ranges)) {
    tiles.set(`${address.level}/${address.index}`, await fetchTile(log, address, to));
  }
  return ranges.map((range) => rootOfRange(range, ({ level, index }) => tiles.get(`${level}/${index}`)!));
}

async function fetchTile(log: PolledLog, { level, index }: TileAddress, size: number): Promise<Buffer> {
  const width = Math.min(tileWidth, hashesAtLevel(size, level) - index * tileWidth);
  const path = `tile/${level}/${tilePath({ index, width })}`;
  const { content } = await fetchPart(log, path, tileWidth * hashBytes);
  if (content.length !== width * hashBytes) throw new Error(`${path} has ${content.length} bytes`);
  return content;
}

async function fetchPart({ url, signal }: PolledLog, path: string, limitBytes: number): Promise<Answer> {
  const answer = await askStranger({
    url: below(url, `log/${path}`),
    signal,
    withinMilliseconds,
    limitBytes,
  });
  if (answer.status !== 200) throw new Error(`${url.href} answers ${answer.status} for ${path}`);
  return answer;
}

async function bring({ url, signal }: PolledLog, cosigned: string): Promise<void> {
  const { status, content } = await askStranger({
    url: below(url, 'log/cosignatures'),
    body: cosigned,
    signal,
    withinMilliseconds,
    limitBytes: maxAnswerBytes,
  });
  if (status !== 204) {
    throw new Error(
      `the log answers ${status} to our cosignature: ${content.toString('utf8').slice(0, 300)}`,
    );
  }
}
