/**
 * A multipart/form-data body (RFC 7578) with one file, streamed, and small fields before or behind it.
 *
 * It pulls from the body and yields to its reader, with nothing between: a parser that emits events would need a
 * bridge of its own for backpressure and for the body's refusals (cut, too slow), longer than this.
 */
import type { Refusal } from '#foundation/refusal';
import { cursorOver } from './byte-cursor.ts';
import { readPartHead } from './part-head.ts';
import type { TransportRefuse } from './transport-refusals.ts';

export interface FormPlan {
  /** The name of the part that is the file; there must be exactly one. */
  readonly file: string;
  /** Fields to keep, each at most once; what else the form holds is passed over. */
  readonly fields: readonly string[];
  readonly refuse: TransportRefuse;
}

export interface Form {
  readonly file: AsyncIterable<Buffer>;
  /** Complete when the file was read to its end: fields may stand behind it. */
  readonly fields: ReadonlyMap<string, string>;
}

const partsMax = 20;
const partHeadMaxBytes = 16 * 1024;
const otherPartMaxBytes = 64 * 1024;
const boundaryMaxBytes = 200; // RFC 2046 says 70; some libraries write more.

/** What a form can be larger than its file. */
export const formOverheadMaxBytes =
  (partsMax + 2) * (partHeadMaxBytes + otherPartMaxBytes + boundaryMaxBytes);

export function readForm(body: AsyncIterable<Buffer>, contentType: string, plan: FormPlan): Form {
  const fields = new Map<string, string>();
  return { file: readParts(body, { ...plan, contentType, keep: fields }), fields };
}

interface Reading extends FormPlan {
  readonly contentType: string;
  readonly keep: Map<string, string>;
}

async function* readParts(
  body: AsyncIterable<Buffer>,
  { contentType, keep, ...plan }: Reading,
): AsyncGenerator<Buffer, void, undefined> {
  const invalid = (): Refusal => plan.refuse('multipart_invalid');
  const boundary = readBoundary(contentType);
  if (boundary === undefined) throw invalid();
  // The first boundary has no line end before it, so one is put there.
  const input = cursorOver(body, { first: Buffer.from('\r\n'), refuse: invalid });
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await input.gather(delimiter, otherPartMaxBytes);

  let isFound = false;
  for (let part = 0; part < partsMax; part++) {
    const afterDelimiter = (await input.take(2)).toString('latin1');
    if (afterDelimiter === '--') {
      if (!isFound) throw invalid();
      return input.passRest(otherPartMaxBytes);
    }
    if (afterDelimiter !== '\r\n') throw invalid();

    const head = readPartHead(await input.gather(headEnd, partHeadMaxBytes));
    if (!head) throw invalid();
    if (head.name === plan.file) {
      if (isFound || !asItIs.has(head.transferEncoding)) throw invalid();
      isFound = true;
      yield* input.until(delimiter);
      continue;
    }
    const content = await input.gather(delimiter, otherPartMaxBytes);
    if (head.name === undefined || !plan.fields.includes(head.name)) continue;
    // Which of two was meant is not ours to guess, and another reader might guess otherwise.
    if (keep.has(head.name)) throw invalid();
    keep.set(head.name, content.toString('utf8'));
  }
  throw invalid();
}

const headEnd = Buffer.from('\r\n\r\n');

/** RFC 7578 does away with encodings; who still names one means that nothing was done. */
const asItIs: ReadonlySet<string | undefined> = new Set([undefined, 'binary', '8bit', '7bit']);

function readBoundary(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary !== undefined && boundary.length <= boundaryMaxBytes ? boundary : undefined;
}
