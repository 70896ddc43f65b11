/** What processes cost, as Linux counts it in /proc. Elsewhere there is nothing to read and the figures are left out. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';

export interface Usage {
  readonly cpuMicroseconds: number;
  /** What was handed to the disk, after the page cache. */
  readonly writtenBytes: number;
}

const microsecondsPerTick = 10_000; // USER_HZ is 100 on every Linux that Node runs on

/** A process with its children, running and waited for, such as PostgreSQL with its connections. */
export async function readUsage(processId: number): Promise<Usage> {
  const members = [processId, ...(await childrenOf(processId))];
  const usages = await Promise.all(members.map(readOwnUsage));
  return usages.reduce(add, nothing);
}

export function difference(after: Usage, before: Usage): Usage {
  return {
    cpuMicroseconds: after.cpuMicroseconds - before.cpuMicroseconds,
    writtenBytes: after.writtenBytes - before.writtenBytes,
  };
}

/** Flushes that the disk of a folder completed, whoever asked for them: run nothing else beside. */
export async function readFlushCount(folder: string): Promise<number> {
  const { dev } = await stat(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  for (const line of (await readFile('/proc/diskstats', 'utf8')).split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (Number(fields[0]) === major && Number(fields[1]) === minor) return Number(fields[18] ?? 0);
  }
  return 0;
}

/** The most memory the process had at once since the last reset. */
export async function readPeakBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

export async function resetPeak(processId: number): Promise<void> {
  await writeFile(`/proc/${processId}/clear_refs`, '5');
}

const nothing: Usage = { cpuMicroseconds: 0, writtenBytes: 0 };

function add(one: Usage, other: Usage): Usage {
  return {
    cpuMicroseconds: one.cpuMicroseconds + other.cpuMicroseconds,
    writtenBytes: one.writtenBytes + other.writtenBytes,
  };
}

async function childrenOf(processId: number): Promise<number[]> {
  const running = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(running.map((name) => readStat(Number(name)).catch(() => undefined)));
  return stats.flatMap((found) => (found?.parentId === processId ? [found.processId] : []));
}

/** A process that ended meanwhile has cost nothing more; PostgreSQL's waited-for children are counted by their parent. */
async function readOwnUsage(processId: number): Promise<Usage> {
  try {
    const [{ ticks }, io] = await Promise.all([
      readStat(processId),
      readFile(`/proc/${processId}/io`, 'utf8'),
    ]);
    return {
      cpuMicroseconds: ticks * microsecondsPerTick,
      writtenBytes: Number(/^write_bytes: (\d+)$/m.exec(io)![1]),
    };
  } catch {
    return nothing;
  }
}

async function readStat(processId: number): Promise<{ processId: number; parentId: number; ticks: number }> {
  const line = await readFile(`/proc/${processId}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces: count from behind it.
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
  return { processId, parentId: fields[1]!, ticks: user! + system! + childrenUser! + childrenSystem! };
}
