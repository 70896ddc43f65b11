/**
 * One server a data folder. The lock is an abstract unix socket named after the folder's device and inode: the kernel
 * gives it up with the process, however that ends, so there is no stale lock file to judge and no race in judging it.
 * Whoever connects is told the holder's process id.
 */
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { refuse } from './refusals.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/** Refuses with `embedded.folder_in_use` while another process holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { dev, ino } = await stat(folder);
  const path = `\0lienthong:${dev}:${ino}`;
  const server = createServer((socket) =>
    socket.on('error', () => socket.destroy()).end(String(process.pid)),
  );
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw refuse('folder_in_use', { folder, processId: await holderOf(path) });
  }
  server.unref();
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function holderOf(path: string): Promise<string> {
  const socket = connect(path).setTimeout(1_000, () => socket.destroy());
  let answer = '';
  try {
    for await (const chunk of socket) answer += String(chunk);
  } catch {
    // The holder may be stopping at this very moment; that the folder was taken stays true.
  }
  return answer || '?';
}
