/** Reading by marks in bytes that arrive: what stands before a mark, streamed or gathered, without holding the rest. */

export interface ByteCursor {
  /** What comes before the mark, as it comes; the mark itself is passed. */
  until(mark: Buffer): AsyncGenerator<Buffer, void, undefined>;
  /** The same at once, or a refusal when it is longer than that. */
  gather(mark: Buffer, maxBytes: number): Promise<Buffer>;
  take(sizeBytes: number): Promise<Buffer>;
  /** Some writers end with a line end, some without, some with a text: it is read so that the connection stays usable. */
  passRest(maxBytes: number): Promise<void>;
}

/** `refuse` makes the error for bytes that end before a mark, or are more than allowed. */
export function cursorOver(
  body: AsyncIterable<Buffer>,
  { first, refuse }: { readonly first: Buffer; readonly refuse: () => Error },
): ByteCursor {
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
      if (!(await pull())) throw refuse();
    }
  }

  async function gather(mark: Buffer, maxBytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    for await (const piece of until(mark)) {
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) throw refuse();
      pieces.push(piece);
    }
    return Buffer.concat(pieces, sizeBytes);
  }

  async function take(sizeBytes: number): Promise<Buffer> {
    while (held.length < sizeBytes) if (!(await pull())) throw refuse();
    const taken = held.subarray(0, sizeBytes);
    held = held.subarray(sizeBytes);
    return taken;
  }

  async function passRest(maxBytes: number): Promise<void> {
    let passedBytes = 0;
    do {
      passedBytes += held.length;
      if (passedBytes > maxBytes) throw refuse();
      held = held.subarray(held.length);
    } while (await pull());
  }

  return { until, gather, take, passRest };
}
