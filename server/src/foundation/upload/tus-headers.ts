/** The headers of tus 1.0 (https://tus.io/protocols/resumable-upload), parsed strictly. */
import { refuse } from './refusals.ts';
import type { Piece } from './receive-piece.ts';

export const tusVersion = '1.0.0';
export const tusExtensions = 'creation,termination,checksum,expiration';
export const checksumAlgorithms = ['sha1', 'sha256'] as const;

type Header = string | string[] | undefined;

export function requireTus(header: Header): void {
  if (header !== tusVersion) throw refuse('version_unsupported');
}

export function parseSize(header: Header, name: string): number {
  const size = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (size === undefined) throw refuse('header_malformed', { header: name });
  return size;
}

/** `filename d29ybGQ=,is_confidential`: of all that a client may say only the name of the file is kept. */
export function parseFileName(header: Header): string | null {
  if (header === undefined || header === '') return null;
  if (typeof header !== 'string') throw refuse('header_malformed', { header: 'Upload-Metadata' });
  const pair = header
    .split(',')
    .map((text) => text.trim().split(' '))
    .find(([key]) => key === 'filename');
  if (!pair) return null;
  const encoded = pair[1] ?? '';
  const name = Buffer.from(encoded, 'base64').toString();
  const isText = name.isWellFormed() && !control.test(name) && !name.includes('\uFFFD');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || !isText || name.length > maxFileNameCharacters) {
    throw refuse('header_malformed', { header: 'Upload-Metadata' });
  }
  return name === '' ? null : name;
}

const maxFileNameCharacters = 500;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/;

/** `sha256 <base64>`, of this piece. */
export function parseChecksum(header: Header): Piece['checksum'] {
  if (header === undefined) return undefined;
  const [name, encoded = ''] = typeof header === 'string' ? header.split(' ') : [];
  const algorithm = checksumAlgorithms.find((known) => known === name);
  const digest = Buffer.from(encoded, 'base64');
  if (!algorithm || digest.length !== digestBytes[algorithm]) {
    throw refuse('header_malformed', { header: 'Upload-Checksum' });
  }
  return { algorithm, digest };
}

const digestBytes = { sha1: 20, sha256: 32 } as const;
