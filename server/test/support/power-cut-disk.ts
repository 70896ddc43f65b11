/**
 * A disk in memory that can lose its power. What survives a cut is only what was flushed: bytes without `datasync`
 * are lost or torn, and names (of files and of folders) that were not made durable by `syncFolder` may be gone. It is
 * crueller than any file system, so what holds here holds on all of them. It can also run full.
 */
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Disk, ReadableFile, WritableFile } from '#foundation/blob';

export interface PowerCutDisk extends Disk {
  /** How many operations were asked for so far. */
  readonly operationCount: number;
  /** Cuts the power before the given operation; from then on every operation fails. */
  cutBefore(operation: number): void;
  /** Cuts the power, if it is on, and returns the disk as it is found after the restart. */
  restart(): PowerCutDisk;
  /** All files, by path. */
  files(): Map<string, Buffer>;
}

export interface PowerCutDiskOptions {
  /** Decides how long operations take and what of the unflushed survives. */
  readonly seed: number;
  readonly capacityBytes?: number;
}

interface File {
  readonly kind: 'file';
  bytes: Buffer;
  durableBytes: number;
}

interface Folder {
  readonly kind: 'folder';
  readonly entries: Map<string, Node>;
  durable: Map<string, Node>;
  durableAsOf: number;
}

type Node = File | Folder;

export function createPowerCutDisk(options: PowerCutDiskOptions): PowerCutDisk {
  return diskOn(newFolder(), options);
}

function diskOn(root: Folder, options: PowerCutDiskOptions): PowerCutDisk {
  const random = randomFrom(options.seed);
  let operationCount = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  let isOn = true;

  /** An operation takes some turns of the event loop, so that operations overtake each other. */
  const operate = async <Result>(begin: () => () => Result): Promise<Result> => {
    operationCount += 1;
    if (operationCount >= cutAt) isOn = false;
    requirePower();
    const end = begin();
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await nextTurn();
    requirePower();
    return end();
  };
  const at = <Result>(work: () => Result): Promise<Result> => operate(() => work);

  const requirePower = (): void => {
    if (!isOn) throw new Error('the power is off');
  };

  const findFolder = (path: string): Folder | undefined => {
    let folder = root;
    for (const name of path.split('/').filter(Boolean)) {
      const next = folder.entries.get(name);
      if (next?.kind !== 'folder') return undefined;
      folder = next;
    }
    return folder;
  };

  const folderAt = (path: string): Folder => {
    const folder = findFolder(path);
    if (!folder) throw worldError('ENOENT', path);
    return folder;
  };

  const usedBytes = (): number =>
    [...filesIn(root, '')].reduce((sum, [, file]) => sum + file.bytes.length, 0);

  const writable = (file: File): WritableFile => ({
    append: (buffers) =>
      at(() => {
        const bytes = Buffer.concat(buffers);
        const room = (options.capacityBytes ?? Number.POSITIVE_INFINITY) - usedBytes();
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, Math.min(room, bytes.length))]);
        if (room < bytes.length) throw worldError('ENOSPC', 'write');
      }),
    datasync: () =>
      operate(() => {
        // Only what was written before the flush began is promised.
        const flushed = file.bytes.length;
        return () => {
          file.durableBytes = Math.max(file.durableBytes, flushed);
        };
      }),
    close: () => at(() => undefined),
  });

  const readable = (file: File): ReadableFile => ({
    sizeBytes: file.bytes.length,
    read: (into, position) => at(() => file.bytes.copy(into, 0, position, position + into.length)),
    close: () => at(() => undefined),
  });

  return {
    get operationCount() {
      return operationCount;
    },
    createFile: (path) =>
      at(() => {
        const folder = folderAt(dirname(path));
        if (folder.entries.has(basename(path))) throw worldError('EEXIST', path);
        const file: File = { kind: 'file', bytes: Buffer.alloc(0), durableBytes: 0 };
        folder.entries.set(basename(path), file);
        return writable(file);
      }),
    openFile: (path) =>
      at(() => {
        const node = folderAt(dirname(path)).entries.get(basename(path));
        if (node?.kind !== 'file') throw worldError('ENOENT', path);
        return readable(node);
      }),
    rename: (from, to) =>
      at(() => {
        const node = folderAt(dirname(from)).entries.get(basename(from));
        if (!node) throw worldError('ENOENT', from);
        folderAt(dirname(to)).entries.set(basename(to), node);
        folderAt(dirname(from)).entries.delete(basename(from));
      }),
    removeFile: (path) => at(() => findFolder(dirname(path))?.entries.delete(basename(path)) ?? false),
    makeFolder: (path) =>
      at(() => {
        let folder = root;
        for (const name of path.split('/').filter(Boolean)) {
          const next = folder.entries.get(name) ?? newFolder();
          if (next.kind !== 'folder') throw worldError('ENOTDIR', path);
          folder.entries.set(name, next);
          folder = next;
        }
      }),
    removeEmptyFolder: (path) =>
      at(() => {
        if (findFolder(path)?.entries.size === 0) folderAt(dirname(path)).entries.delete(basename(path));
      }),
    syncFolder: (path) =>
      operate(() => {
        const folder = folderAt(path);
        const names = new Map(folder.entries);
        const asOf = operationCount;
        return () => {
          if (asOf < folder.durableAsOf) return;
          folder.durable = names;
          folder.durableAsOf = asOf;
        };
      }),
    list: (path) => at(() => [...folderAt(path).entries.keys()]),
    space: () =>
      at(() => {
        const totalBytes = options.capacityBytes ?? 2 ** 50;
        return { totalBytes, freeBytes: totalBytes - usedBytes() };
      }),
    cutBefore(operation) {
      cutAt = operation;
    },
    restart() {
      isOn = false;
      return diskOn(survivingFolder(root, random), { ...options, seed: options.seed + 1 });
    },
    files: () => new Map([...filesIn(root, '')].map(([path, file]) => [path, file.bytes])),
  };
}

function newFolder(): Folder {
  return { kind: 'folder', entries: new Map(), durable: new Map(), durableAsOf: 0 };
}

/** Each name whose fate was not flushed falls one way or the other, on its own. */
function survivingFolder(folder: Folder, random: () => number): Folder {
  const survivor = newFolder();
  for (const name of new Set([...folder.durable.keys(), ...folder.entries.keys()])) {
    const before = folder.durable.get(name);
    const after = folder.entries.get(name);
    const node = before === after || random() < 0.5 ? before : after;
    if (!node) continue;
    survivor.entries.set(
      name,
      node.kind === 'file' ? survivingFile(node, random) : survivingFolder(node, random),
    );
  }
  survivor.durable = new Map(survivor.entries);
  return survivor;
}

/** The unflushed tail is lost, cut short, full of zeros or, by luck, there. */
function survivingFile(file: File, random: () => number): File {
  const tailBytes = file.bytes.length - file.durableBytes;
  const bytes = Buffer.from(file.bytes);
  const choice = random();
  const keptBytes = choice < 0.3 ? 0 : choice < 0.6 ? Math.floor(random() * tailBytes) : tailBytes;
  if (choice >= 0.6 && choice < 0.9) bytes.fill(0, file.durableBytes);
  const survivor = bytes.subarray(0, file.durableBytes + keptBytes);
  return { kind: 'file', bytes: survivor, durableBytes: survivor.length };
}

function* filesIn(folder: Folder, path: string): Generator<[path: string, file: File]> {
  for (const [name, node] of folder.entries) {
    if (node.kind === 'file') yield [`${path}/${name}`, node];
    else yield* filesIn(node, `${path}/${name}`);
  }
}

function worldError(code: string, what: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

/** mulberry32: small, and the same everywhere for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
