/** What processes and the disk did, as Linux counts it in /proc. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';

const microsecondsPerTick = 10_000; // USER_HZ is 100 on every Linux that Node runs on

/** CPU of a process with its children, running and waited for, such as PostgreSQL with its connections. */
export async function readCpuMicroseconds(processId: number): Promise<number> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process that ended meanwhile is counted by its parent, which waited for it.
  const found = await Promise.all(names.map((name) => readStat(Number(name)).catch(() => undefined)));
  return found
    .filter((process) => process?.processId === processId || process?.parentId === processId)
    .reduce((sum, process) => sum + process!.ticks * microsecondsPerTick, 0);
}

/** CPU of its first thread alone: in Node the one that runs JavaScript. */
export async function readFirstThreadMicroseconds(processId: number): Promise<number> {
  const { ticks } = await readStat(processId, `/proc/${processId}/task/${processId}/stat`);
  return ticks * microsecondsPerTick;
}

export interface DiskUsage {
  readonly writtenBytes: number;
  readonly flushes: number;
}

/**
 * What reached the disk of a folder, whoever asked for it: run nothing else beside. (The figures per process count
 * whole memory folios for each small write and so are ten times too high.)
 */
export async function readDiskUsage(folder: string): Promise<DiskUsage> {
  const { dev } = await stat(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  for (const line of (await readFile('/proc/diskstats', 'utf8')).split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (Number(fields[0]) !== major || Number(fields[1]) !== minor) continue;
    return { writtenBytes: Number(fields[9]) * 512, flushes: Number(fields[18] ?? 0) };
  }
  return { writtenBytes: 0, flushes: 0 };
}

/** The most memory the process had at once since the last reset. */
export async function readPeakBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

export async function resetPeak(processId: number): Promise<void> {
  await writeFile(`/proc/${processId}/clear_refs`, '5');
}

async function readStat(
  processId: number,
  file = `/proc/${processId}/stat`,
): Promise<{ processId: number; parentId: number; ticks: number }> {
  const line = await readFile(file, 'utf8');
  // The name, in parentheses, may hold spaces: count from behind it.
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
  return { processId, parentId: fields[1]!, ticks: user! + system! + childrenUser! + childrenSystem! };
}
