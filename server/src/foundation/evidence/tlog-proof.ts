/** C2SP tlog-proof: an inclusion proof and the checkpoint it leads to, as one text. We write and accept no `extra`. */
import { decodeBase64, decodeDecimal } from './encoding.ts';
import { hashBytes } from './merkle.ts';

export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
}

const firstLine = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^63 leaves has paths of 63 hashes. */
const maxHashes = 63;

export function formatTlogProof({ index, hashes, checkpoint }: TlogProof): string {
  const lines = hashes.map((hash) => `${hash.toString('base64')}\n`);
  return `${firstLine}\nindex ${index}\n${lines.join('')}\n${checkpoint}`;
}

/** Undefined unless the text is a proof in its one and only form; the checkpoint is not looked into. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first, indexLine, ...hashLines] = text.slice(0, end).split('\n');
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
  return { index, hashes, checkpoint: text.slice(end + 2) };
}
