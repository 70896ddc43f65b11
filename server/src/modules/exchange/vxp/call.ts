/** One authenticated call, and what it is answered with. */
import type { Caller } from '../caller.ts';
import type { Axis } from './axis.ts';
import type { Parameters } from './parameters.ts';

export interface Call {
  readonly axis: Axis;
  readonly caller: Caller;
  readonly parameters: Parameters;
  readonly contentType: string | undefined;
  /** Content-Length. */
  readonly sizeBytes: number | undefined;
  /** Reading it tells a client that asked that its body is welcome. */
  readonly body: () => AsyncIterable<Buffer>;
}

export type Answer = {
  /** One line, at most 2 KB: it goes into a header. */
  readonly receipt?: string;
} & (
  | { readonly json: string }
  | {
      readonly content: AsyncIterable<Buffer>;
      readonly contentType: string;
      readonly sizeBytes?: number;
      readonly fileName?: string;
    }
);

export type Handler = (call: Call) => Promise<Answer>;
