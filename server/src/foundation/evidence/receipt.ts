/**
 * A receipt is the entry's payload as a compact JWS (RFC 7515) with `alg: "Ed25519"` (RFC 9864). Ed25519 is
 * deterministic and the header is fixed, so the same fact gives the same receipt, byte for byte.
 */
import type { KeyObject } from 'node:crypto';
import { assert } from '#foundation/refusal';
import { decodeBase64url } from './encoding.ts';
import { rawPublicKey, shortKeyId, signatureBytes, signEd25519 } from './ed25519.ts';
import { refuse } from './refusals.ts';

export interface ReceiptSigner {
  readonly keyId: string;
  /** Ed25519 over the JWS signing input. */
  sign(payload: Buffer): Buffer;
}

export interface Receipt {
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
}

/** Room for ids, digests and claims; it keeps a receipt below 2 KB. */
export const maxPayloadBytes = 1_350;

/** Takes another key while it is in use; an entry is signed and named within one turn, so none is torn. */
export interface RotatingReceiptSigner extends ReceiptSigner {
  use(privateKey: KeyObject): void;
}

export function createReceiptSigner(privateKey: KeyObject): RotatingReceiptSigner {
  let key = privateKey;
  let keyId = shortKeyId(rawPublicKey(privateKey));
  return {
    get keyId() {
      return keyId;
    },
    sign: (payload) => signEd25519(signingInput({ payload, keyId }), key),
    use(newKey) {
      key = newKey;
      keyId = shortKeyId(rawPublicKey(newKey));
    },
  };
}

/** The compact JWS, one line. */
export function receiptOf({ payload, signature, keyId }: Receipt): string {
  assert(payload.length <= maxPayloadBytes, `a payload has at most ${maxPayloadBytes} bytes`);
  return `${signingText({ payload, keyId })}.${signature.toString('base64url')}`;
}

/** What the signature is made over: `header.payload`. */
export function signingInput(receipt: { readonly payload: Buffer; readonly keyId: string }): Buffer {
  return Buffer.from(signingText(receipt), 'latin1');
}

/** Takes the JWS apart; refuses every text but the one that `receiptOf` writes. Does not verify the signature. */
export function parseReceipt(jws: string): Receipt {
  const malformed = (vi: string, en: string): Error => refuse('receipt_malformed', { detail: { vi, en } });
  if (jws === '') throw malformed('tệp rỗng', 'it is empty');
  if (jws.startsWith('\uFEFF')) {
    throw malformed('đầu tệp có dấu thứ tự byte (BOM) thêm vào', 'a byte order mark (BOM) was put before it');
  }
  if (jws.includes('\r')) {
    throw malformed('dấu xuống dòng đã bị đổi thành CRLF', 'its line ends were changed to CRLF');
  }
  const parts = jws.split('.');
  if (parts.length !== 3)
    throw malformed(
      'biên nhận có ba phần cách nhau bằng dấu chấm',
      'a receipt has three parts separated by dots',
    );
  const [header, payload, signature] = parts.map(decodeBase64url);
  if (!header || !payload || !signature)
    throw malformed('có phần không đúng base64url', 'a part is not strict base64url');
  if (payload.length > maxPayloadBytes) throw malformed('nội dung quá dài', 'the payload is too long');
  if (signature.length !== signatureBytes)
    throw malformed('chữ ký không đủ 64 byte', 'the signature does not have 64 bytes');
  const keyId = /^\{"alg":"Ed25519","kid":"([A-Za-z0-9_-]{16})","typ":"lienthong-receipt"\}$/.exec(
    header.toString('latin1'),
  )?.[1];
  if (keyId === undefined)
    throw malformed('phần đầu không phải của một biên nhận', 'the header is not that of a receipt');
  return { payload, signature, keyId };
}

function signingText({ payload, keyId }: { readonly payload: Buffer; readonly keyId: string }): string {
  return `${headerOf(keyId)}.${payload.toString('base64url')}`;
}

// There are one or two keys at a time; encoding the header for each receipt would be work for nothing.
const headers = new Map<string, string>();

function headerOf(keyId: string): string {
  let header = headers.get(keyId);
  if (header === undefined) {
    header = Buffer.from(`{"alg":"Ed25519","kid":"${keyId}","typ":"lienthong-receipt"}`).toString(
      'base64url',
    );
    headers.set(keyId, header);
  }
  return header;
}
