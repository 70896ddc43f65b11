/**
 * Slows down who guesses credentials: after some failures an address has to wait. The table is bounded; when it is full
 * the address that failed longest ago is forgotten, so a flood of addresses cannot eat memory.
 */
import { blockOfAddress } from './address-block.ts';
import { refuse } from './refusals.ts';

export interface AttemptLimit {
  /** Refuses an address that failed too often of late. */
  check(address: string): void;
  failed(address: string): void;
  succeeded(address: string): void;
}

export interface AttemptLimitOptions {
  readonly failures: number;
  readonly withinSeconds: number;
  readonly addresses: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export function createAttemptLimit(options: AttemptLimitOptions): AttemptLimit {
  const now = options.now ?? (() => performance.now());
  const windowMillis = options.withinSeconds * 1000;
  const failures = new Map<string, { count: number; since: number }>();
  const current = (block: string): { count: number; since: number } | undefined => {
    const known = failures.get(block);
    return known && now() - known.since < windowMillis ? known : undefined;
  };
  return {
    check: (address) => {
      const known = current(blockOfAddress(address));
      if (!known || known.count < options.failures) return;
      throw refuse('too_many_attempts', { seconds: Math.ceil((known.since + windowMillis - now()) / 1000) });
    },
    failed: (address) => {
      const block = blockOfAddress(address);
      const known = current(block) ?? { count: 0, since: now() };
      failures.delete(block);
      if (failures.size >= options.addresses) failures.delete(failures.keys().next().value!);
      failures.set(block, { count: known.count + 1, since: known.since });
    },
    succeeded: (address) => {
      failures.delete(blockOfAddress(address));
    },
  };
}
