/** Files that a command writes where the user said, looked at before anything is asked of the axis. */
import { constants } from 'node:fs';
import { access, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { misused } from './failure.ts';

/** What the axis does is not undone for want of a folder, so the folder is looked for first. */
export async function assertWritable(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw noFolder(folder);
  }
  await access(folder, constants.W_OK);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw misused({
      vi: `Đây là thư mục, không phải tệp: ${path}`,
      en: `That is a folder, not a file: ${path}`,
    });
  }
}

/** Beside it and then over it: what exists is never half overwritten. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const half = `${path}.part`;
  try {
    await writeFile(half, text, { flush: true });
    await rename(half, path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? noFolder(dirname(path), error) : error;
  }
}

function noFolder(folder: string, cause?: unknown) {
  return misused({ vi: `Không có thư mục ${folder}`, en: `There is no folder ${folder}` }, { cause });
}
