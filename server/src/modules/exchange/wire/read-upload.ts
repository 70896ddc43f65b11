/**
 * The body of a request as it arrives, with an end to patience: a client that stops, crawls or breaks off is refused,
 * and since its content is only kept when all of it is right, nothing of it is left.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendContinue } from './expect-continue.ts';
import type { TransportRefuse } from './transport-refusals.ts';

export interface UploadLimits {
  /** How long nothing may arrive. */
  readonly idleSeconds: number;
  /** Measured from then on, so that a slow start is forgiven. */
  readonly graceSeconds: number;
  /** The mean since the start. */
  readonly minimumBytesPerSecond: number;
}

/** 16 KB/s takes a letter of 1 MB in a minute over a poor mobile line; 500 MB would take nine hours. */
const uploadLimits: UploadLimits = {
  idleSeconds: 30,
  graceSeconds: 60,
  minimumBytesPerSecond: 16 * 1024,
};

/**
 * A client that asked whether to send its body hears yes when the first chunk is asked for, not before. Only the time
 * spent waiting for the client counts, not the time that we take over a chunk. The request is not destroyed when
 * reading ends early (as its own iterator would do), so that a refusal can still be answered.
 */
export async function* readUpload(
  request: IncomingMessage,
  response: ServerResponse,
  refuse: TransportRefuse,
  limits: UploadLimits = uploadLimits,
): AsyncGenerator<Buffer, void, undefined> {
  sendContinue(request, response);
  const tooSlow = (): Error =>
    refuse('upload_too_slow', {
      idleSeconds: limits.idleSeconds,
      minimumRate: limits.minimumBytesPerSecond,
    });
  const arrivals = watchArrivals(request, { idleSeconds: limits.idleSeconds, tooSlow });
  let receivedBytes = 0;
  let waitedMillis = 0;
  try {
    for (;;) {
      const chunk = request.read() as Buffer | null;
      if (chunk) {
        receivedBytes += chunk.length;
        yield chunk;
      } else if (request.readableEnded) {
        return;
      } else if (request.destroyed) {
        throw refuse('upload_cut', {}, { cause: request.errored });
      } else {
        const since = performance.now();
        await arrivals.next();
        waitedMillis += performance.now() - since;
        const isCrawling = receivedBytes < (waitedMillis / 1_000) * limits.minimumBytesPerSecond;
        if (isCrawling && waitedMillis > limits.graceSeconds * 1_000) throw tooSlow();
      }
    }
  } finally {
    arrivals.stop();
  }
}

/** Resolves at the next sign of the request, whatever it is: the reader looks again. Refuses when there is none. */
function watchArrivals(
  request: IncomingMessage,
  { idleSeconds, tooSlow }: { idleSeconds: number; tooSlow: () => Error },
) {
  let wake: (() => void) | undefined;
  const onSign = (): void => wake?.();
  const signs = ['readable', 'end', 'error', 'close'] as const;
  for (const sign of signs) request.on(sign, onSign);
  return {
    next: () =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(tooSlow()), idleSeconds * 1_000);
        wake = () => {
          clearTimeout(timer);
          wake = undefined;
          resolve();
        };
      }),
    stop: () => {
      for (const sign of signs) request.off(sign, onSign);
    },
  };
}
