/**
 * C2SP tlog-proof: an inclusion proof and the checkpoint it leads to, as one text, with a time-stamp of the
 * checkpoint as its `extra` where there is one. Nobody signs the `extra`: whoever uses it verifies it.
 */
import { maxTokenBytes } from '#foundation/crypto';
import { decodeBase64, decodeDecimal } from './encoding.ts';
import { hashBytes } from './merkle.ts';

export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** RFC 3161, of the checkpoint's text. */
  readonly timeStamp?: Buffer | undefined;
}

const firstLine = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^63 leaves has paths of 63 hashes. */
const maxHashes = 63;

export function formatTlogProof({ index, hashes, checkpoint, timeStamp }: TlogProof): string {
  const extra = timeStamp ? `extra ${timeStamp.toString('base64')}\n` : '';
  const lines = hashes.map((hash) => `${hash.toString('base64')}\n`);
  return `${firstLine}\n${extra}index ${index}\n${lines.join('')}\n${checkpoint}`;
}

/** Undefined unless the text is a proof in its one and only form; the checkpoint is not looked into. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first, ...lines] = text.slice(0, end).split('\n');
  const timeStamp = lines[0]?.startsWith('extra ')
    ? decodeBase64(lines.shift()!.slice('extra '.length))
    : null;
  // Undefined is not Base64; an empty one has no reason to be there.
  if (timeStamp !== null && (!timeStamp?.length || timeStamp.length > maxTokenBytes)) return undefined;
  const [indexLine, ...hashLines] = lines;
  if (first !== firstLine || !indexLine?.startsWith('index ') || hashLines.length > maxHashes)
    return undefined;
  const index = decodeDecimal(indexLine.slice('index '.length));
  if (index === undefined) return undefined;
  const hashes: Buffer[] = [];
  for (const line of hashLines) {
    const hash = decodeBase64(line);
    if (hash?.length !== hashBytes) return undefined;
    hashes.push(hash);
  }
  return { index, hashes, checkpoint: text.slice(end + 2), ...(timeStamp && { timeStamp }) };
}
