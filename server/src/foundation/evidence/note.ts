/**
 * C2SP signed notes: a text, an empty line, and signature lines. Parsing is strict, so a note that parses is written
 * back byte for byte. Here are the Ed25519 signatures of the log (type 0x01); those of witnesses are in cosignature.ts.
 */
import type { KeyObject } from 'node:crypto';
import { assert } from '#foundation/refusal';
import { decodeBase64, sha256 } from './encoding.ts';
import { publicKeyBytes, publicKeyFromRaw, rawPublicKey, signEd25519, verifyEd25519 } from './ed25519.ts';

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

export interface Note {
  /** Ends with its own newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteVerifier {
  readonly name: string;
  readonly keyId: Buffer;
  verify(text: string, signature: Uint8Array): boolean;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: Buffer;
  readonly vkey: string;
  sign(text: string): Buffer;
}

/** The byte that tells what a key signs; the same key would have another id for another type. */
export type SignatureType = 0x01 | 0x04;

const keyIdBytes = 4;
/** Post-quantum signatures are nearly 5 kB each, and 16 of them must be accepted. */
const maxNoteCharacters = 256 * 1024;
const maxSignatures = 64;

export function createNoteSigner(name: string, privateKey: KeyObject): NoteSigner {
  assert(isKeyName(name), `${JSON.stringify(name)} can be the name of a key`);
  const raw = rawPublicKey(privateKey);
  return {
    name,
    keyId: noteKeyId(name, raw, 0x01),
    vkey: formatVkey(name, raw),
    sign: (text) => signEd25519(Buffer.from(text), privateKey),
  };
}

export function signNote(text: string, by: NoteSigner | readonly NoteSigner[]): string {
  const signers = 'sign' in by ? [by] : by;
  assert(signers.length > 0, 'a note is signed by somebody');
  const note: Note = {
    text,
    signatures: signers.map((signer) => ({
      name: signer.name,
      keyId: signer.keyId,
      signature: signer.sign(text),
    })),
  };
  const signed = formatNote(note);
  assert(parseNote(signed), 'a note we sign can be read');
  return signed;
}

export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

/** Undefined unless the text is a signed note in its one and only form. */
export function parseNote(signed: string): Note | undefined {
  if (signed.length > maxNoteCharacters || !signed.isWellFormed() || hasControls(signed)) return undefined;
  const split = signed.lastIndexOf('\n\n');
  if (split < 0 || !signed.endsWith('\n')) return undefined;
  const lines = signed.slice(split + 2, -1).split('\n');
  if (lines.length > maxSignatures) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (!signature) return undefined;
    signatures.push(signature);
  }
  return { text: signed.slice(0, split + 1), signatures };
}

/**
 * The verifiers whose signatures the note carries. Signatures of unknown keys are ignored; one of a known key that
 * is wrong refuses the whole note, as if nobody had signed.
 */
export function verifyNote<Verifier extends NoteVerifier>(
  note: Note,
  verifiers: readonly Verifier[],
): Verifier[] {
  const found = new Set<Verifier>();
  for (const { name, keyId, signature } of note.signatures) {
    const verifier = verifiers.find((known) => known.name === name && known.keyId.equals(keyId));
    if (!verifier) continue;
    if (!verifier.verify(note.text, signature)) return [];
    found.add(verifier);
  }
  return [...found];
}

export function formatVkey(name: string, rawPublicKey: Uint8Array, type: SignatureType = 0x01): string {
  const key = Buffer.concat([Buffer.of(type), rawPublicKey]).toString('base64');
  return `${name}+${noteKeyId(name, rawPublicKey, type).toString('hex')}+${key}`;
}

/** Undefined unless it is an Ed25519 verifier key whose id is the recommended one. */
export function parseVkey(vkey: string): NoteVerifier | undefined {
  const key = parseVkeyOf(vkey, 0x01);
  if (!key) return undefined;
  const publicKey = publicKeyFromRaw(key.raw);
  return {
    name: key.name,
    keyId: key.keyId,
    verify: (text, signature) => verifyEd25519(Buffer.from(text), signature, publicKey),
  };
}

/** The parts of a verifier key of that type; undefined where it is of another, or not in its only form. */
export function parseVkeyOf(
  vkey: string,
  type: SignatureType,
): { readonly name: string; readonly keyId: Buffer; readonly raw: Buffer } | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  const [name, id, encoded] = [match?.[1], match?.[2], match?.[3]];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const key = decodeBase64(encoded);
  if (key?.length !== 1 + publicKeyBytes || key[0] !== type) return undefined;
  const raw = key.subarray(1);
  const keyId = noteKeyId(name, raw, type);
  return keyId.toString('hex') === id ? { name, keyId, raw } : undefined;
}

export function noteKeyId(name: string, rawPublicKey: Uint8Array, type: SignatureType): Buffer {
  const key = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), rawPublicKey]);
  return sha256(key).subarray(0, keyIdBytes);
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [dash, name, encoded, ...more] = line.split(' ');
  if (dash !== '—' || name === undefined || encoded === undefined || more.length > 0 || !isKeyName(name)) {
    return undefined;
  }
  const bytes = decodeBase64(encoded);
  if (!bytes || bytes.length <= keyIdBytes) return undefined;
  return { name, keyId: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}

export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !hasControls(name) && !/[\p{White_Space}+]/u.test(name);
}

function hasControls(text: string): boolean {
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
}
