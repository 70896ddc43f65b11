/** One authenticated call. */
import type { Axis } from '../axis.ts';
import type { Caller } from '../caller.ts';
import type { Answer } from '../wire/write-answer.ts';
import type { Parameters } from './parameters.ts';

export interface Call {
  readonly axis: Axis;
  readonly caller: Caller;
  /** Of the query. */
  readonly parameters: Parameters;
  readonly contentType: string | undefined;
  /** Content-Length. */
  readonly sizeBytes: number | undefined;
  /** Reading it tells a client that asked that its body is welcome. */
  readonly body: () => AsyncIterable<Buffer>;
}

export type Handler = (call: Call) => Promise<Answer>;
