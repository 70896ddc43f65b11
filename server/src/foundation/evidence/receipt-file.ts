/** The text file that a party keeps: the receipt alone (R0), or the receipt, an empty line and its proof (R1). */
import { parseReceipt, type Receipt } from './receipt.ts';
import { refuse } from './refusals.ts';
import { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.ts';

export interface ReceiptFile {
  readonly receipt: Receipt;
  readonly proof: TlogProof | undefined;
}

/** 64 signatures of witnesses fit many times over. */
const maxFileBytes = 512 * 1024;

export function formatReceiptFile(jws: string, proof?: TlogProof): string {
  return proof ? `${jws}\n\n${formatTlogProof(proof)}` : `${jws}\n`;
}

/**
 * Bytes must be UTF-8 without a byte order mark. A receipt alone may end with one newline; every other deviation from
 * what `formatReceiptFile` writes is refused.
 */
export function parseReceiptFile(file: string | Uint8Array): ReceiptFile {
  if (file.length > maxFileBytes)
    throw refuse('receipt_malformed', { detail: { vi: 'tệp quá dài', en: 'it is too long' } });
  const text = typeof file === 'string' ? file : decodeUtf8(file);
  const split = text.indexOf('\n\n');
  if (split < 0) {
    return { receipt: parseReceipt(text.endsWith('\n') ? text.slice(0, -1) : text), proof: undefined };
  }
  const receipt = parseReceipt(text.slice(0, split));
  const proof = parseTlogProof(text.slice(split + 2));
  if (!proof)
    throw refuse('proof_malformed', {
      detail: {
        vi: 'không phải dạng c2sp.org/tlog-proof@v1',
        en: 'it is not a c2sp.org/tlog-proof@v1',
      },
    });
  return { receipt, proof };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw refuse(
      'receipt_malformed',
      { detail: { vi: 'tệp không phải UTF-8', en: 'it is not UTF-8' } },
      { cause: error },
    );
  }
}
