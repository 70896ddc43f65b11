/** The clocks of a run: the database's, which may be set, and the one of time that passes, which may not. */

export interface SimulatedClock {
  readonly now: () => Temporal.Instant;
  readonly passedMillis: () => number;
  /** Time passes. */
  readonly pass: (millis: number) => void;
  /** Somebody sets the database's clock. */
  readonly set: (offsetMillis: number) => void;
}

const beginning = Temporal.Instant.from('2026-11-23T01:00:00Z');

export function createClock(): SimulatedClock {
  let passed = 0;
  let offset = 0;
  return {
    now: () => beginning.add({ milliseconds: passed + offset }),
    passedMillis: () => passed,
    pass(millis) {
      passed += millis;
    },
    set(offsetMillis) {
      offset = offsetMillis;
    },
  };
}
