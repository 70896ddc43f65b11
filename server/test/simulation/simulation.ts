/** What the parts of a run share. */
import type { Client } from 'pg';
import type { CheckpointArchive } from '#foundation/evidence';
import type { Refusal } from '#foundation/refusal';
import type { SimulatedClock } from './clock.ts';
import type { Correspondence } from './correspondence.ts';
import type { Random } from './random.ts';
import type { ServerProcess } from './server-process.ts';

export interface Simulation {
  readonly random: Random;
  readonly clock: SimulatedClock;
  /** Sees the rows of everybody, beside the server. */
  readonly owner: Client;
  readonly archive: CheckpointArchive;
  /** What the agencies know of their letters. */
  readonly known: Correspondence;
  /** The log key is away: no checkpoint is signed. */
  isLogKeyAway: boolean;
  /** Answers may be lost. */
  isTroubled: boolean;
  /** Says what happens, for the story that a failing run tells. */
  readonly tell: (what: string) => void;
  /** Something to look at as soon as nothing moves. */
  readonly checkSoon: (check: () => Promise<void>) => void;
}

/** Something that somebody does: one use case, or some in a row. */
export interface Act {
  readonly what: string;
  /**
   * May be cut short anywhere between two transactions, or in a COMMIT. What it resolves with is called when the answer
   * arrives, and says in a few words what it was.
   */
  readonly work: (server: ServerProcess) => Promise<() => string>;
  /** The answer may be one of these refusals; with any other the run fails. */
  readonly mayBeRefused?: readonly string[];
  readonly refused?: (refusal: Refusal) => void;
}

export interface Habit {
  readonly name: string;
  readonly weight: number;
  /** Undefined where there is nothing to do now. */
  readonly begin: (simulation: Simulation) => Act | undefined;
}

/** A promise of design/exchange.md or design/evidence.md that does not hold. */
export class Violation extends Error {
  readonly promise: string;
  constructor(promise: string, what: string) {
    super(`${promise}: ${what}`);
    this.promise = promise;
  }
}

export function holds(isTrue: boolean, promise: string, what: () => string): asserts isTrue {
  if (!isTrue) throw new Violation(promise, what());
}
