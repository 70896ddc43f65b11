/**
 * `DIR/database`: whether the data folder goes with the embedded PostgreSQL or with one of its own. Where DATABASE_URL is
 * forgotten, a new and empty database would otherwise begin beside the real one, and everything would look well.
 */
import { join } from 'node:path';
import { type ConfigProblem, readOptional, type Variables } from './config-source.ts';
import { writeOnce } from './keys.ts';

export type DatabaseKind = 'embedded' | 'external';

export function databaseKindOf({ DATABASE_URL }: Pick<Variables, 'DATABASE_URL'>): DatabaseKind {
  return DATABASE_URL === undefined ? 'embedded' : 'external';
}

/** Nothing is wrong while the folder has never been served. */
export async function checkDatabaseKind(
  dataFolder: string,
  kind: DatabaseKind,
  problems: ConfigProblem[],
): Promise<void> {
  const path = fileIn(dataFolder);
  const known = (await readOptional(path, '--data', problems))?.trim();
  if (known === undefined || known === kind) return;
  problems.push({
    name: 'DATABASE_URL',
    ...(kind === 'embedded' ? forgotten(dataFolder) : uncalledFor(path)),
  });
}

/** Once a start has succeeded: until then the folder is free for either. */
export async function writeDatabaseKind(dataFolder: string, kind: DatabaseKind): Promise<void> {
  await writeOnce(fileIn(dataFolder), `${kind}\n`);
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'database');
}

function forgotten(dataFolder: string): Omit<ConfigProblem, 'name'> {
  return {
    vi: `Thư mục ${dataFolder} dùng PostgreSQL riêng; thiếu DATABASE_URL.`,
    en: `The folder ${dataFolder} uses a PostgreSQL of its own; DATABASE_URL is missing.`,
  };
}

function uncalledFor(path: string): Omit<ConfigProblem, 'name'> {
  return {
    vi: `Thư mục này dùng PostgreSQL nhúng. Hãy bỏ DATABASE_URL; nếu đã chuyển dữ liệu sang PostgreSQL riêng thì xóa tệp ${path}.`,
    en: `This folder uses the embedded PostgreSQL. Unset DATABASE_URL; where its data was moved to another PostgreSQL, delete ${path}.`,
  };
}
