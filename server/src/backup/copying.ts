/** Copies files some at a time, each flushed and with the digest of what was written. */
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#foundation/disk';

export interface Copying {
  readonly count: number;
  readonly sizeBytes: number;
  /** Resolves when another one may be added. What goes wrong with one comes out of the next call, whichever it is. */
  add(from: string, to: string, options?: CopyOptions): Promise<void>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Resolves when all that was added is there for good, names and contents. */
  settled(): Promise<void>;
}

export interface CopyOptions {
  /** Whether a file that is gone by now is simply not copied. */
  readonly mayVanish?: boolean;
  /** Told the SHA-256 of what was written; what it throws ends the copying. */
  readonly onCopied?: (digest: string) => void;
}

/** Each waits for its flush while others are read. */
const atOnce = 4;
const chunkBytes = 1024 ** 2;

export function createCopying(options: {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}): Copying {
  const { signal, onProgress } = options;
  const running = new Set<Promise<void>>();
  const folders = new Set<string>();
  let failure: { readonly error: unknown } | undefined;
  let count = 0;
  let sizeBytes = 0;

  const makeFolder = async (path: string): Promise<void> => {
    if (folders.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o700 });
    folders.add(path);
  };
  const copy = async (from: string, to: string, { mayVanish, onCopied }: CopyOptions): Promise<void> => {
    await using source = await open(from, 'r').catch((error: NodeJS.ErrnoException) => {
      if (mayVanish && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!source) return;
    await makeFolder(dirname(to));
    await using target = await open(to, 'wx', 0o600);
    const digest = createHash('sha256');
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      digest.update(chunk);
      await target.appendFile(chunk);
      sizeBytes += bytesRead;
      onProgress(bytesRead);
    }
    await target.sync();
    count += 1;
    onCopied?.(digest.digest('hex'));
  };
  const throwFailure = (): void => {
    signal.throwIfAborted();
    if (failure) throw failure.error;
  };

  return {
    get count() {
      return count;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    makeFolder,
    async add(from, to, copyOptions = {}) {
      throwFailure();
      const one = copy(from, to, copyOptions)
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => running.delete(one));
      running.add(one);
      while (running.size >= atOnce) await Promise.race(running);
    },
    async settled() {
      await Promise.all(running);
      throwFailure();
      for (const folder of folders) {
        await syncFolder(folder);
        await syncFolder(dirname(folder));
      }
      folders.clear();
    },
  };
}
