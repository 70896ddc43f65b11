/**
 * What a time-stamp of a checkpoint is made over, and whether one holds.
 *
 * It is the text of the note, without signatures: the root in it commits to every entry, and so the stamp holds beside
 * whichever cosignatures a party has gathered.
 */
import {
  readTrustAnchor,
  verifyTimeStampToken,
  type TimeStampVerdict,
  type TrustAnchor,
} from '#foundation/crypto';
import { assert } from '#foundation/refusal';
import type { Checkpoint } from './checkpoint.ts';
import { decodeBase64, sha256 } from './encoding.ts';
import type { Trust } from './trust.ts';

export function stampedDigest({ note }: Checkpoint): Buffer {
  return sha256(note.text);
}

export function verifyTimeStamp(
  token: Uint8Array,
  { checkpoint, anchors }: { readonly checkpoint: Checkpoint; readonly anchors: readonly TrustAnchor[] },
): TimeStampVerdict {
  return verifyTimeStampToken(token, { sha256: stampedDigest(checkpoint), anchors });
}

export function timestampAnchorsOf({ timestampAnchors }: Pick<Trust, 'timestampAnchors'>): TrustAnchor[] {
  return timestampAnchors.map(({ certificate }) => {
    const anchor = anchorOf(certificate);
    assert(anchor, 'a parsed trust file holds readable certificates');
    return anchor;
  });
}

/** Undefined unless it is a certificate in Base64 that can be understood. */
export function anchorOf(certificate: string): TrustAnchor | undefined {
  const encoded = decodeBase64(certificate);
  return encoded && readTrustAnchor(encoded);
}
