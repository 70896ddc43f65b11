/** The body of C2SP tlog-witness' `add-checkpoint`: where the witness stands, the way from there, and the checkpoint. */
import { decodeBase64, decodeDecimal } from './encoding.ts';
import { hashBytes } from './merkle.ts';

export interface CosigningRequest {
  /** The size that the witness cosigned last, as the log believes. */
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
}

/** The specification's limit: a tree of 2^63 leaves needs no more. */
const maxProofHashes = 63;

export function formatCosigningRequest({ oldSize, proof, checkpoint }: CosigningRequest): string {
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`);
  return `old ${oldSize}\n${lines.join('')}\n${checkpoint}`;
}

/** Undefined unless the text is such a request; the checkpoint is not looked into. */
export function parseCosigningRequest(text: string): CosigningRequest | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [oldLine, ...hashLines] = text.slice(0, end).split('\n');
  if (!oldLine?.startsWith('old ') || hashLines.length > maxProofHashes) return undefined;
  const oldSize = decodeDecimal(oldLine.slice('old '.length));
  if (oldSize === undefined) return undefined;
  const proof: Buffer[] = [];
  for (const line of hashLines) {
    const hash = decodeBase64(line);
    if (hash?.length !== hashBytes) return undefined;
    proof.push(hash);
  }
  return { oldSize, proof, checkpoint: text.slice(end + 2) };
}
