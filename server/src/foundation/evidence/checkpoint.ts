/** C2SP tlog-checkpoint: the signed note of a tree's head. Our log writes no extension lines. */
import type { KeyObject } from 'node:crypto';
import { decodeBase64, decodeDecimal } from './encoding.ts';
import { hashBytes } from './merkle.ts';
import {
  createNoteSigner,
  parseNote,
  parseVkey,
  signNote,
  verifyNote,
  type Note,
  type NoteSigner,
} from './note.ts';

/** Signs checkpoints; its name is the log's origin. While the log key rotates, both keys sign (C2SP tlog-checkpoint). */
export interface LogSigner {
  readonly name: string;
  readonly signers: readonly NoteSigner[];
}

/** Takes other keys while it is in use; without any, no checkpoint is signed. */
export interface RotatingLogSigner extends LogSigner {
  use(keys: readonly KeyObject[]): void;
}

export function createLogSigner(name: string, keys: readonly KeyObject[]): RotatingLogSigner {
  const open = (all: readonly KeyObject[]) => all.map((key) => createNoteSigner(name, key));
  let signers = open(keys);
  return {
    name,
    get signers() {
      return signers;
    },
    use(newKeys) {
      signers = open(newKeys);
    },
  };
}

export interface CheckpointBody {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface Checkpoint extends CheckpointBody {
  readonly note: Note;
}

export function signCheckpoint(
  tree: { readonly size: number; readonly root: Buffer },
  signer: LogSigner | NoteSigner,
): string {
  const signers = 'signers' in signer ? signer.signers : [signer];
  return signNote(`${signer.name}\n${tree.size}\n${tree.root.toString('base64')}\n`, signers);
}

/** Whether that key's signature is on the checkpoint, and right. */
export function wasSignedBy(signed: string, vkey: string): boolean {
  const note = parseNote(signed);
  const verifier = parseVkey(vkey);
  return note !== undefined && verifier !== undefined && verifyNote(note, [verifier]).length > 0;
}

/**
 * Undefined unless the text is a checkpoint in its only form; says nothing about who signed. Extension lines are those
 * of other logs, which a witness may follow too: it cosigns them with the rest, unread.
 */
export function parseCheckpoint(
  signed: string,
  { mayBeExtended = false }: { readonly mayBeExtended?: boolean } = {},
): Checkpoint | undefined {
  const note = parseNote(signed);
  if (!note) return undefined;
  const [origin, sizeLine, rootLine, ...rest] = note.text.split('\n');
  // The text ends with a newline, so exactly one empty piece follows the lines.
  if (!origin || rootLine === undefined || rest.indexOf('') !== rest.length - 1) return undefined;
  if (rest.length > 1 && !mayBeExtended) return undefined;
  const size = decodeDecimal(sizeLine ?? '');
  const root = decodeBase64(rootLine);
  if (size === undefined || root?.length !== hashBytes) return undefined;
  return { origin, size, root, note };
}
