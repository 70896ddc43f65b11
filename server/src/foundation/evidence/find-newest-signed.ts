import { readSigned } from './inspect-checkpoints.ts';
import { logKeysOf } from './log-key.ts';
import type { Trust } from './trust.ts';

export interface SignedCheckpoint {
  readonly size: number;
  readonly text: string;
}

/** The largest checkpoint of the log among texts from anywhere; what no log key of the trust file signed is passed over. */
export async function findNewestSigned(
  texts: AsyncIterable<string>,
  trust: Trust,
): Promise<SignedCheckpoint | undefined> {
  const logs = [{ origin: trust.origin, keys: logKeysOf(trust) }];
  let newest: SignedCheckpoint | undefined;
  for await (const text of texts) {
    const size = readSigned(text, logs)?.size;
    if (size !== undefined && (!newest || size > newest.size)) newest = { size, text };
  }
  return newest;
}
