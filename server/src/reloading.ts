/**
 * Takes in what an operator changed in the files of keys and certificates, while the server runs. It looks at the files
 * rather than waiting for a signal: a signal reaches one process of several, and SIGHUP means here, as in every terminal,
 * that nobody is there any more.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#foundation/log';

export interface Reloading {
  /** Ends after the reading under way. */
  stop(): Promise<void>;
}

export interface ReloadingOptions {
  readonly paths: readonly string[];
  /** Takes all of it in, or throws and leaves everything as it was. */
  readonly reload: () => Promise<void>;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly everyMilliseconds?: number;
}

/** A command that changes keys waits a little longer than this before it relies on it. */
export const reloadMilliseconds = 2_000;

export function startReloading(options: ReloadingOptions): Reloading {
  const { paths, reload, log, everyMilliseconds = reloadMilliseconds } = options;
  const stopping = new AbortController();
  let trouble: string | undefined;

  const running = (async () => {
    // The first look only compares with nothing: what changed since the start was read is taken in as well.
    let taken: string | undefined;
    while (!stopping.signal.aborted) {
      await pause(everyMilliseconds, stopping.signal);
      const seen = await look(paths);
      if (seen === taken) continue;
      try {
        // Looked at before they are read: what changes in between is read again.
        await reload();
        const isFirst = taken === undefined;
        taken = seen;
        trouble = undefined;
        if (!isFirst) log.info({ event: 'reloaded' }, 'keys and certificates were read again');
      } catch (error) {
        // Two files that belong together change one after the other: tried again, and said once.
        const message = error instanceof Error ? error.message : String(error);
        if (message !== trouble) log.error({ err: error }, 'changed keys or certificates are not usable');
        trouble = message;
      }
    }
  })();

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** What tells one state of the files from another. A file is replaced by renaming, which gives it another inode. */
async function look(paths: readonly string[]): Promise<string> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.map((file) => (file ? `${file.ino} ${file.size} ${file.mtimeMs}` : '-')).join('\n');
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
