/** The few records of the ZIP format (APPNOTE 6.3) that an archive of one entry has. */

export const localHeaderSignature = Buffer.from('PK\x03\x04', 'latin1');

export interface LocalHeader {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly hasDescriptor: boolean;
  readonly method: number;
  /** 0 where a descriptor follows the data. */
  readonly compressedSize: number;
  readonly dataOffset: number;
}

/** The header of the first entry; undefined while its bytes are not all there. */
export function readLocalHeader(bytes: Buffer): LocalHeader | undefined {
  if (bytes.length < 30) return undefined;
  const flags = bytes.readUInt16LE(6);
  const nameLength = bytes.readUInt16LE(26);
  const dataOffset = 30 + nameLength + bytes.readUInt16LE(28);
  if (bytes.length < dataOffset) return undefined;
  return {
    name: bytes.toString('utf8', 30, 30 + nameLength),
    isEncrypted: (flags & 0x41) !== 0,
    hasDescriptor: (flags & 0x8) !== 0,
    method: bytes.readUInt16LE(8),
    compressedSize: bytes.readUInt32LE(18),
    dataOffset,
  };
}

export interface Directory {
  readonly entryCount: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly name: string;
  readonly localHeaderOffset: number;
}

/**
 * The directory at the end of an archive, of which `tail` is any last part that holds it whole. undefined where the
 * end is missing; an archive that says of itself that it has another number of entries gives that number.
 */
export function readDirectory(tail: Buffer): Directory | undefined {
  const end = tail.lastIndexOf(endSignature);
  if (end < 0 || tail.length < end + 22) return undefined;
  const entryCount = tail.readUInt16LE(end + 10);
  const start = end - tail.readUInt32LE(end + 12);
  if (start < 0 || end - start < 46 || !tail.subarray(start, start + 4).equals(directorySignature)) {
    return undefined;
  }
  const nameLength = tail.readUInt16LE(start + 28);
  const recordLength = 46 + nameLength + tail.readUInt16LE(start + 30) + tail.readUInt16LE(start + 32);
  return {
    // A directory with room for more than its one record hides something.
    entryCount: entryCount === 1 && recordLength !== end - start ? 2 : entryCount,
    isEncrypted: (tail.readUInt16LE(start + 8) & 0x41) !== 0,
    crc: tail.readUInt32LE(start + 16),
    compressedSize: tail.readUInt32LE(start + 20),
    size: tail.readUInt32LE(start + 24),
    name: tail.toString('utf8', start + 46, start + 46 + nameLength),
    localHeaderOffset: tail.readUInt32LE(start + 42),
  };
}

const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const directorySignature = Buffer.from('PK\x01\x02', 'latin1');

/** Names that would leave the folder they are unpacked into. */
export function isDangerousPath(name: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(name) || name.split(/[/\\]/).includes('..') || name.includes('\0');
}

/** `pdf` of `Quyết định.PDF`; '' where there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}
