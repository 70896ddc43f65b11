/** The file that remembers how far the evidence was inspected, in the data folder. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '#foundation/disk';
import { formatPlace, parsePlace, placePurpose, type InspectedPlace } from '#foundation/evidence';
import type { SecretBox } from '#foundation/secrets';

export interface RememberedPlace {
  readonly place: InspectedPlace | undefined;
  /** There is a file, and it was not written here, or was changed. */
  readonly isForeign: boolean;
}

export async function readPlace(dataFolder: string, secrets: SecretBox): Promise<RememberedPlace> {
  try {
    const text = await readFile(pathIn(dataFolder), 'utf8');
    const place = parsePlace(text, secrets.deriveKeys(placePurpose));
    return { place, isForeign: !place };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { place: undefined, isForeign: false };
  }
}

/** Written beside and renamed: a run that is cut off leaves the former one. */
export async function writePlace(
  dataFolder: string,
  { place, secrets }: { readonly place: InspectedPlace; readonly secrets: SecretBox },
): Promise<void> {
  const path = pathIn(dataFolder);
  const [key] = secrets.deriveKeys(placePurpose);
  await writeFile(`${path}.new`, formatPlace(place, key!), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

function pathIn(dataFolder: string): string {
  return join(dataFolder, 'evidence-inspected');
}
