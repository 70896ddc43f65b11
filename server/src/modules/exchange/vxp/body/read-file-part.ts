/**
 * The one part `file_doc` of a multipart/form-data body (RFC 7578), streamed; other small parts are passed over.
 *
 * It pulls from the body and yields to its reader, with nothing between: a parser that emits events would need a
 * bridge of its own for backpressure and for the body's refusals (cut, too slow), longer than this.
 */
import { refuse } from '../refusals.ts';

const partName = 'file_doc';
const partsMax = 20;
const partHeadMaxBytes = 16 * 1024;
const otherPartMaxBytes = 64 * 1024;
const boundaryMaxBytes = 200; // RFC 2046 says 70; some libraries write more.

export async function* readFilePart(
  body: AsyncIterable<Buffer>,
  contentType: string,
): AsyncGenerator<Buffer, void, undefined> {
  // The first boundary has no line end before it, so one is put there.
  const input = cursorOver(body, Buffer.from('\r\n'));
  const delimiter = Buffer.from(`\r\n--${readBoundary(contentType)}`);
  await input.gather(delimiter, otherPartMaxBytes);

  let isFound = false;
  for (let part = 0; part < partsMax; part++) {
    const afterDelimiter = (await input.take(2)).toString('latin1');
    if (afterDelimiter === '--') {
      if (!isFound) throw refuse('multipart_invalid');
      return input.passRest(otherPartMaxBytes);
    }
    if (afterDelimiter !== '\r\n') throw refuse('multipart_invalid');

    const head = (await input.gather(headEnd, partHeadMaxBytes)).toString('utf8');
    if (readPartName(head) !== partName) {
      await input.gather(delimiter, otherPartMaxBytes);
      continue;
    }
    if (isFound) throw refuse('multipart_invalid');
    isFound = true;
    yield* input.until(delimiter);
  }
  throw refuse('multipart_invalid');
}

const headEnd = Buffer.from('\r\n\r\n');

function readBoundary(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary || boundary.length > boundaryMaxBytes) throw refuse('multipart_invalid');
  return boundary;
}

function readPartName(head: string): string | undefined {
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(head)?.[1] ?? '';
  const match = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition);
  return match?.[1] ?? match?.[2];
}

interface Cursor {
  /** What comes before the mark, as it comes; the mark itself is passed. */
  until(mark: Buffer): AsyncGenerator<Buffer, void, undefined>;
  /** The same at once, or a refusal when it is longer than that. */
  gather(mark: Buffer, maxBytes: number): Promise<Buffer>;
  take(sizeBytes: number): Promise<Buffer>;
  /** Some writers end with a line end, some without, some with a text: it is read so that the connection stays usable. */
  passRest(maxBytes: number): Promise<void>;
}

function cursorOver(body: AsyncIterable<Buffer>, first: Buffer): Cursor {
  const chunks = body[Symbol.asyncIterator]();
  let held = first;

  async function pull(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  }

  async function* until(mark: Buffer): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = held.indexOf(mark);
      if (at >= 0) {
        const before = held.subarray(0, at);
        held = held.subarray(at + mark.length);
        if (before.length > 0) yield before;
        return;
      }
      // The mark may begin in the last bytes and end in the next chunk.
      const certain = held.length - (mark.length - 1);
      if (certain > 0) {
        const before = held.subarray(0, certain);
        held = held.subarray(certain);
        yield before;
      }
      if (!(await pull())) throw refuse('multipart_invalid');
    }
  }

  async function gather(mark: Buffer, maxBytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    for await (const piece of until(mark)) {
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) throw refuse('multipart_invalid');
      pieces.push(piece);
    }
    return Buffer.concat(pieces, sizeBytes);
  }

  async function take(sizeBytes: number): Promise<Buffer> {
    while (held.length < sizeBytes) if (!(await pull())) throw refuse('multipart_invalid');
    const taken = held.subarray(0, sizeBytes);
    held = held.subarray(sizeBytes);
    return taken;
  }

  async function passRest(maxBytes: number): Promise<void> {
    let passedBytes = 0;
    do {
      passedBytes += held.length;
      if (passedBytes > maxBytes) throw refuse('multipart_invalid');
      held = held.subarray(held.length);
    } while (await pull());
  }

  return { until, gather, take, passRest };
}
