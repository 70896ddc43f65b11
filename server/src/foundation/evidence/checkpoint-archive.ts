/**
 * Every signed checkpoint is also kept outside PostgreSQL, before it is published, so that a database restored to an
 * earlier state is noticed. In a folder: one file a day (UTC) to which checkpoints are appended as they are, each
 * followed by an empty line; a person can read it.
 */
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from '#foundation/clock';
import { syncFolder } from '#foundation/disk';
import { assert } from '#foundation/refusal';
import { parseCheckpoint, type CheckpointBody } from './checkpoint.ts';

export interface CheckpointArchive {
  /** The largest one kept of that log, by size. */
  newest(origin: string): Promise<CheckpointBody | undefined>;
  /** Returns when it would survive a power cut. */
  keep(checkpoint: string): Promise<void>;
  /** Everything kept; a record that is no checkpoint comes as it is. */
  records(): AsyncIterable<ArchiveRecord>;
}

export interface ArchiveRecord {
  /** Where it lies, for a finding: the file and the record's number in it. */
  readonly place: string;
  readonly text: string;
}

export function createFolderArchive(folder: string, clock: Clock = systemClock): CheckpointArchive {
  // One write at a time in this process; several processes append whole records, which O_APPEND keeps apart.
  let last: Promise<void> = Promise.resolve();
  let isFolderReady = false;

  const append = async (checkpoint: string): Promise<void> => {
    if (!isFolderReady) await mkdir(folder, { recursive: true, mode: 0o700 });
    isFolderReady = true;
    const day = clock.now().toString().slice(0, 10);
    const file = await open(join(folder, `${day}${suffix}`), 'a+', 0o600);
    try {
      const { size } = await file.stat();
      // A power cut may have torn the last record: end it, so that this one stands apart.
      const torn = size > 0 && !(await endsRecord(file, size));
      await file.appendFile(torn ? `\n\n${checkpoint}\n` : `${checkpoint}\n`);
      await file.sync();
      if (size === 0) await syncFolder(folder);
    } finally {
      await file.close();
    }
  };

  return {
    keep(checkpoint) {
      assert(parseCheckpoint(checkpoint), 'only checkpoints are kept');
      const appended = last.then(() => append(checkpoint));
      last = appended.catch(() => undefined);
      return appended;
    },
    async newest(origin) {
      let newest: CheckpointBody | undefined;
      let days = 0;
      for (const name of (await fileNames(folder)).reverse()) {
        const found = newestOf(await readLastRecords(join(folder, name)), origin);
        if (found && (!newest || found.size > newest.size)) newest = found;
        // Sizes grow from day to day, but at midnight the clocks of several processes may differ.
        if (found && ++days === 2) break;
      }
      return newest;
    },
    async *records() {
      for (const name of await fileNames(folder)) {
        const records = recordsOf(await readFile(join(folder, name), 'utf8'));
        for (const [number, text] of records.entries()) yield { place: `${name} #${number + 1}`, text };
      }
    },
  };
}

const suffix = '.checkpoints';

type File = Awaited<ReturnType<typeof open>>;

async function endsRecord(file: File, size: number): Promise<boolean> {
  const end = Buffer.alloc(2);
  await file.read(end, 0, 2, Math.max(0, size - 2));
  return end.toString('latin1') === '\n\n';
}

/** Enough for dozens of checkpoints, so that the largest is among them though several processes append. */
const tailBytes = 16 * 1024;

async function readLastRecords(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    await file.read(tail, 0, tail.length, size - tail.length);
    const records = recordsOf(tail.toString('utf8'));
    // The first record of a tail is cut somewhere; what is left of it could pass for another log's checkpoint.
    return tail.length < size ? records.slice(1) : records;
  } finally {
    await file.close();
  }
}

function newestOf(records: readonly string[], origin: string): CheckpointBody | undefined {
  let newest: CheckpointBody | undefined;
  for (const record of records) {
    const checkpoint = parseCheckpoint(record);
    if (checkpoint?.origin === origin && (!newest || checkpoint.size > newest.size)) newest = checkpoint;
  }
  return newest;
}

/** Bodies and signatures alternate between empty lines; a body whose signatures are missing was torn. */
function recordsOf(text: string): string[] {
  const records: string[] = [];
  let body: string | undefined;
  for (const part of text.split('\n\n')) {
    const piece = part.replace(/^\n+/, '');
    if (piece === '') continue;
    if (piece.startsWith('— ') && body !== undefined) {
      records.push(`${body}\n\n${piece}\n`);
      body = undefined;
    } else {
      if (body !== undefined) records.push(body);
      body = piece;
    }
  }
  if (body !== undefined) records.push(body);
  return records;
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
