/**
 * What makes a folder a backup. `manifest.json` is written last and only into a backup that is whole; it vouches for
 * `SHA256SUMS`, and that for every file, in the form that `sha256sum -c` reads.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { refuse } from './refusals.ts';

export const manifestName = 'manifest.json';
export const sumsName = 'SHA256SUMS';

const relativePath = z.string().refine((path) => isInside(path));

const manifestSchema = z.object({
  format: z.literal('lienthong-backup@v1'),
  madeAt: z.iso.datetime(),
  /** Version of the program that made it. */
  program: z.string(),
  /** Major version of the cluster. */
  postgresql: z.string(),
  /** `DIR/instance` of where it was made, where there was one. */
  instance: z.string().nullable(),
  /** Leaves that the evidence log had when the copy began: at least so many are in it. */
  logSize: z.int().nonnegative(),
  holdsKeys: z.boolean(),
  /** Folders of the cluster that PostgreSQL wants though they are empty. */
  folders: z.array(relativePath),
  fileCount: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  sums: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Manifest = z.infer<typeof manifestSchema>;

export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw refuse('incomplete', {
      folder,
      detail: { vi: `không có ${manifestName}`, en: `it has no ${manifestName}` },
    });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const detail = { vi: `${manifestName} không đọc được`, en: `its ${manifestName} cannot be read` };
    throw refuse('incomplete', { folder, detail }, { cause });
  }
}

export interface Listed {
  /** `cluster/…` or `data/…`. */
  readonly path: string;
  readonly digest: string;
}

export async function* readSums(folder: string): AsyncGenerator<Listed> {
  const lines = createInterface({ input: createReadStream(join(folder, sumsName)), crlfDelay: Infinity });
  for await (const line of lines) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!match || !isInside(match[2]!)) throw refuse('damaged', { path: sumsName });
    yield { digest: match[1]!, path: match[2]! };
  }
}

/** A list that somebody else wrote must not make us write elsewhere. */
function isInside(path: string): boolean {
  return /^(cluster|data)\//.test(path) && !path.split('/').some((part) => part === '' || part === '..');
}
