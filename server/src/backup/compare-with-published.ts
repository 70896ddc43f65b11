/** Whether a restored log goes on from what was signed of it, as far as anybody can tell. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '#foundation/db';
import {
  createFolderArchive,
  findNewestSigned,
  logStatus,
  parseTrust,
  verifyHistory,
} from '#foundation/evidence';
import { Refusal } from '#foundation/refusal';
import { refuse } from './refusals.ts';

/**
 * What the operator knows of the time after the backup: the folder of checkpoints that survived or a file with the
 * newest one (from a witness, or as anybody fetched it from `/log/checkpoint`), or that the server did not run since.
 */
export type Published = { readonly checkpoints: string } | 'nothing since';

export interface RestoredLog {
  readonly size: number;
  /** The size that was signed and that this log does not have, where it is behind; the server will refuse to sign. */
  readonly signedBeyond: number | undefined;
}

/** Keeps the newest known checkpoint in the restored folder, so that the sequencer's own guard sees it for good. */
export async function compareWithPublished(
  dataFolder: string,
  database: Database,
  published: Published,
): Promise<RestoredLog> {
  const { size } = await logStatus(database.sequencer);
  const trustText = await readFile(join(dataFolder, 'trust.json'), 'utf8').catch(() => undefined);
  // Stopped before its first complete start: nothing was ever signed.
  if (trustText === undefined) return { size, signedBeyond: undefined };
  const trust = parseTrust(trustText);
  const archive = createFolderArchive(join(dataFolder, 'checkpoints'));
  if (published !== 'nothing since') {
    const { checkpoints: path } = published;
    const newest = await findNewestSigned(readTexts(path), trust);
    if (!newest) throw refuse('checkpoint_unknown', { path, origin: trust.origin });
    const known = await archive.newest(trust.origin);
    if (!known || known.size < newest.size) await archive.keep(newest.text);
  }
  try {
    await verifyHistory({ pool: database.sequencer, origin: trust.origin, archive });
    return { size, signedBeyond: undefined };
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'evidence.fork')) throw error;
    return { size, signedBeyond: Number(error.parameters['size']) };
  }
}

async function* readTexts(path: string): AsyncGenerator<string> {
  if (!(await stat(path)).isDirectory()) {
    yield await readFile(path, 'utf8');
    return;
  }
  for await (const { text } of createFolderArchive(path).records()) yield text;
}
