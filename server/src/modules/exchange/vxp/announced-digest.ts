import { unpaddedHex } from './client.ts';

/**
 * Whether a digest is the one that `hash-file` announces. The Java SDK prints each byte without its leading zero, so
 * the text cannot be parsed back; both forms are made from the digest and compared instead.
 */
export function isAnnouncedDigest(announced: string, digest: Buffer): boolean {
  const text = announced.trim().toLowerCase();
  return text === digest.toString('hex') || text === unpaddedHex(digest);
}
