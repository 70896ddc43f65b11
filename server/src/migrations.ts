/** Whose migrations there are, in order of dependency: a table may refer to those of a folder above its own. */
import { fileURLToPath } from 'node:url';
import type { MigrationSource } from '#foundation/db';

export const migrations: readonly MigrationSource[] = [
  source('foundation/db'),
  source('foundation/blob'),
  source('foundation/evidence'),
  source('foundation/upload'),
  source('modules/directory'),
  source('modules/exchange'),
];

function source(path: string): MigrationSource {
  return {
    module: path.replace('modules/', ''),
    folder: fileURLToPath(new URL(`${path}/migrations`, import.meta.url)),
  };
}
