/** What this process remembers of connected systems. */
import type { AuthenticatedSystem } from './connected-system.ts';
import type { Database } from '#foundation/db';

export interface Remembered {
  readonly answer: Promise<AuthenticatedSystem | undefined>;
  readonly until: number;
}

const remembered = new WeakMap<Database, Map<string, Remembered>>();

export function rememberedSystems(database: Database): Map<string, Remembered> {
  const known = remembered.get(database) ?? new Map<string, Remembered>();
  remembered.set(database, known);
  return known;
}

/** A fresh map, so that an answer still being read when the change came is put where nobody looks any more. */
export function forgetSystems(database: Database): void {
  remembered.set(database, new Map());
}
