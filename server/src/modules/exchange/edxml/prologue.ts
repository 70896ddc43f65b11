import { maxJunkBytes } from './limits.ts';
import { refuse } from './refusals.ts';

export interface Prologue {
  /** Where the XML begins. */
  readonly xmlOffset: number;
  readonly junkBytes: number;
}

/**
 * Finds where the XML begins. Real packages have a byte order mark, blank lines or leftovers (`1212<?xml …`) before
 * their declaration. undefined while more bytes are needed to tell.
 */
export function readPrologue(start: Buffer, isLast: boolean): Prologue | undefined {
  const mark = start.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  if (start.length < 5 + mark && !isLast) return undefined;
  if (
    start.length >= 2 &&
    ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
  ) {
    throw refuse('encoding_unsupported', { encoding: 'UTF-16' });
  }
  if (start[mark] === 0x3c) return { xmlOffset: mark, junkBytes: 0 };

  const xmlOffset = start.indexOf('<?xml');
  if (xmlOffset >= 0 && xmlOffset <= maxJunkBytes) {
    const junk = start.subarray(0, xmlOffset).toString('latin1');
    if (/<!(doctype|entity)/i.test(junk)) throw refuse('doctype');
    return { xmlOffset, junkBytes: xmlOffset };
  }
  if (isLast || start.length >= maxJunkBytes + 5) throw refuse('not_xml', { limitBytes: maxJunkBytes });
  return undefined;
}

/** Refuses a declared encoding other than UTF-8, of which US-ASCII is a part. */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) {
    throw refuse('encoding_unsupported', { encoding: encoding.slice(0, 40) });
  }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
