/**
 * C2SP tlog-cosignature with Ed25519 (type 0x04): a witness states that, at that time, the checkpoint was the largest
 * consistent one that it had seen of that log.
 */
import type { KeyObject } from 'node:crypto';
import { assert } from '#foundation/refusal';
import { publicKeyFromRaw, rawPublicKey, signatureBytes, signEd25519, verifyEd25519 } from './ed25519.ts';
import {
  formatVkey,
  isKeyName,
  noteKeyId,
  parseVkeyOf,
  type NoteSignature,
  type NoteVerifier,
} from './note.ts';

export interface Cosigner {
  readonly name: string;
  readonly vkey: string;
  /** Over the text of a checkpoint, with all of its lines. */
  cosign(text: string, at: Temporal.Instant): NoteSignature;
}

/** A verifier key of a witness, which is of another type than that of a log. */
export interface WitnessKey extends NoteVerifier {
  readonly vkey: string;
  readonly publicKey: Buffer;
}

const type = 0x04;
const timeBytes = 8;
export const cosignatureBytes = timeBytes + signatureBytes;

export function createCosigner(name: string, privateKey: KeyObject): Cosigner {
  assert(isKeyName(name), `${JSON.stringify(name)} can be the name of a key`);
  const raw = rawPublicKey(privateKey);
  const keyId = noteKeyId(name, raw, type);
  return {
    name,
    vkey: formatVkey(name, raw, type),
    cosign(text, at) {
      const seconds = BigInt(Math.floor(at.epochMilliseconds / 1_000));
      const time = Buffer.alloc(timeBytes);
      time.writeBigUInt64BE(seconds);
      return {
        name,
        keyId,
        signature: Buffer.concat([time, signEd25519(signedBytes(text, seconds), privateKey)]),
      };
    },
  };
}

/** Undefined unless it is the verifier key of an Ed25519 cosigner. */
export function parseWitnessKey(vkey: string): WitnessKey | undefined {
  const key = parseVkeyOf(vkey, type);
  if (!key) return undefined;
  const publicKey = publicKeyFromRaw(key.raw);
  return {
    vkey,
    name: key.name,
    keyId: key.keyId,
    publicKey: key.raw,
    verify(text, signature) {
      if (signature.length !== cosignatureBytes) return false;
      const seconds = secondsOf(signature);
      // Zero would say nothing about the time, which witnesses must not leave out; the upper half is forbidden.
      if (seconds === 0n || seconds >= 1n << 63n) return false;
      return verifyEd25519(signedBytes(text, seconds), signature.subarray(timeBytes), publicKey);
    },
  };
}

/** When the witness says that it cosigned; undefined where no calendar has such a day. */
export function cosignedAt(signature: Uint8Array): Temporal.Instant | undefined {
  const milliseconds = Number(secondsOf(signature)) * 1_000;
  return milliseconds <= 8.64e15 ? Temporal.Instant.fromEpochMilliseconds(milliseconds) : undefined;
}

function secondsOf(signature: Uint8Array): bigint {
  return Buffer.from(signature).readBigUInt64BE(0);
}

function signedBytes(text: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}
