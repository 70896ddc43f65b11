/**
 * What a process reads of the machine it runs on: ids with the clock and chance in them, time that has passed, pauses.
 * Within the simulation they come from the seed; everything else in this process keeps the real ones.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** What the clock of the machine shows. */
  readonly now: () => Temporal.Instant;
  /** Since some moment, never going back. */
  readonly passedMillis: () => number;
}

const require = createRequire(import.meta.url);
const crypto = require('node:crypto') as { randomUUID: () => string; randomUUIDv7: () => string };
const timers = require('node:timers/promises') as { setTimeout: (...given: unknown[]) => Promise<unknown> };

/** Until it is disposed of. */
export function simulateSurroundings({ scheduler, random, now, passedMillis }: Surroundings): Disposable {
  const real = {
    randomUUID: crypto.randomUUID,
    randomUUIDv7: crypto.randomUUIDv7,
    setTimeout: timers.setTimeout,
    performanceNow: performance.now.bind(performance),
  };
  crypto.randomUUIDv7 = () =>
    scheduler.current ? uuid(now().epochMilliseconds, '7', random) : real.randomUUIDv7();
  crypto.randomUUID = () =>
    scheduler.current ? uuid(random.below(2 ** 48), '4', random) : real.randomUUID.call(crypto);
  timers.setTimeout = async (...given) => {
    if (!scheduler.current) return real.setTimeout(...given);
    await scheduler.stop('pause');
    scheduler.ended();
    return given[1];
  };
  performance.now = () => (scheduler.current ? passedMillis() : real.performanceNow());
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      Object.assign(crypto, { randomUUID: real.randomUUID, randomUUIDv7: real.randomUUIDv7 });
      timers.setTimeout = real.setTimeout;
      performance.now = real.performanceNow;
      syncBuiltinESMExports();
    },
  };
}

function uuid(first48Bits: number, version: '4' | '7', random: Random): string {
  const time = first48Bits.toString(16).padStart(12, '0');
  const hex = (count: number): string =>
    random
      .below(16 ** count)
      .toString(16)
      .padStart(count, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
}
