/**
 * An entry states one fact. Its payload is canonical JSON kept as the exact bytes, with ids, codes and digests only;
 * names, reasons and subjects go into the detail, of which the payload holds the digest. Both carry a nonce of their
 * own, so that nobody can guess a short detail or payload and find its digest in the public tree.
 */
import { randomBytes } from 'node:crypto';
import { formatInstant } from '#foundation/clock';
import { newId, type EntryId, type OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import { canonicalJson, type Json } from './canonical-json.ts';
import { formatDigest, sha256 } from './encoding.ts';
import { leafHash } from './merkle.ts';
import { maxPayloadBytes, type ReceiptSigner } from './receipt.ts';

/** How the actor was authenticated, and by which credential. */
export interface Actor {
  readonly method: 'vxp' | 'lgsp' | 'oauth' | 'operator' | 'axis';
  readonly system?: string;
  readonly credential?: string;
  /** `sha256:…` of what the client's system signed to be let in; the text is the detail of `directory.token_issued`. */
  readonly assertion?: string;
}

export interface Fact {
  /** `exchange.accepted`, `directory.renamed` … */
  readonly kind: string;
  /** The organisation whose entry this is. */
  readonly organisation: { readonly id: OrganisationId; readonly code: string };
  /** Whose history it belongs to: the id of an envelope, delivery, organisation or system. */
  readonly subjectId: string;
  readonly actor: Actor;
  /** Ids, codes, digests, counts: what any holder of the receipt may read. No names, subjects or free text. */
  readonly claims: { readonly [key: string]: Json };
  /** Names, reasons, subjects: only its digest goes into the payload. */
  readonly detail?: { readonly [key: string]: Json };
  /** `sha256:…` of the request that led to the fact. */
  readonly requestDigest?: string;
}

export interface Entry {
  readonly id: EntryId;
  readonly organisationId: OrganisationId;
  readonly subjectId: string;
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly payload: Buffer;
  readonly detail: Buffer | null;
  readonly detailDigest: Buffer | null;
  readonly signature: Buffer;
  readonly keyId: string;
}

const payloadVersion = 1;
const nonceBytes = 32;
const maxDetailBytes = 64 * 1024;

/** Pure but for the nonces and the id; no I/O. */
export function prepareEntry(
  fact: Fact,
  { at, signer }: { readonly at: Temporal.Instant; readonly signer: ReceiptSigner },
): Entry {
  const detail = fact.detail ? detailOf(fact.detail, randomBytes(nonceBytes)) : null;
  const detailDigest = detail ? sha256(detail) : null;
  const payload = payloadOf(fact, { at, nonce: randomBytes(nonceBytes), detailDigest });
  return {
    id: newId<'entry'>(),
    organisationId: fact.organisation.id,
    subjectId: fact.subjectId,
    kind: fact.kind,
    at: at.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }),
    payload,
    detail,
    detailDigest,
    signature: signer.sign(payload),
    keyId: signer.keyId,
  };
}

export function payloadOf(
  fact: Fact,
  given: {
    readonly at: Temporal.Instant;
    readonly nonce: Uint8Array;
    readonly detailDigest: Uint8Array | null;
  },
): Buffer {
  assert(given.nonce.length === nonceBytes, 'a nonce has 32 bytes');
  const payload = Buffer.from(
    canonicalJson({
      v: payloadVersion,
      kind: fact.kind,
      at: formatInstant(given.at),
      organisation: fact.organisation.code,
      subject: fact.subjectId,
      actor: { ...fact.actor },
      claims: fact.claims,
      nonce: Buffer.from(given.nonce).toString('base64url'),
      ...(given.detailDigest ? { detail: formatDigest(given.detailDigest) } : {}),
      ...(fact.requestDigest === undefined ? {} : { request: fact.requestDigest }),
    }),
  );
  assert(
    payload.length <= maxPayloadBytes,
    `the payload of ${fact.kind} has at most ${maxPayloadBytes} bytes`,
  );
  return payload;
}

export function detailOf(detail: { readonly [key: string]: Json }, nonce: Uint8Array): Buffer {
  assert(!('nonce' in detail), 'the nonce of a detail is its own');
  const bytes = Buffer.from(canonicalJson({ ...detail, nonce: Buffer.from(nonce).toString('base64url') }));
  assert(bytes.length <= maxDetailBytes, `a detail has at most ${maxDetailBytes} bytes`);
  return bytes;
}

const leafVersion = Buffer.of(0x01);

/** `0x01 ‖ SHA-256(payload)`: what outsiders can read, and all that they can. */
export function leafData(payloadDigest: Uint8Array): Buffer {
  return Buffer.concat([leafVersion, payloadDigest]);
}

export function leafHashOf(payloadDigest: Uint8Array): Buffer {
  return leafHash(leafData(payloadDigest));
}
