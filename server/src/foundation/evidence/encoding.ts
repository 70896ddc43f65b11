/**
 * Strict decoders. Node's own skip what they do not know and ignore stray trailing bits, so that several texts mean
 * the same bytes; for evidence exactly one text may.
 */
import { hash } from 'node:crypto';

/** The bytes of a standard Base64 text (RFC 4648 section 4, padded), or undefined unless it is the only such text. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The same for base64url without padding (RFC 4648 section 5, RFC 7515). */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** An ASCII decimal without leading zeroes that a number can hold exactly, or undefined. */
export function decodeDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

export function sha256(bytes: Uint8Array | string): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** How digests are written in payloads: `sha256:` and base64url. */
export function formatDigest(digest: Uint8Array): string {
  return `sha256:${Buffer.from(digest).toString('base64url')}`;
}
