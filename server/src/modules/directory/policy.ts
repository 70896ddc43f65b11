/** Who may change what: pure predicates, each with its source. */
import type { Level } from './organisation.ts';

/** QCVN 102 and Decision 28/2018 Art. 10.2: four levels; a body stands below the one that it belongs to. */
export function canBeBelow(level: Level, parentLevel: Level): boolean {
  return level > parentLevel;
}

/**
 * A system registers within its own subtree, by parents in the directory and never by the shape of the code
 * (protocol "registerAgency"). Where subtrees nest, the nearest root above holds the place: a ministry's system
 * does not register below a department that has a system with a root of its own.
 *
 * @param path the organisation and those above it, nearest first, each with the systems whose root it is
 */
export function canRegisterUnder(
  systemId: string,
  path: readonly { readonly rootOf: readonly string[] }[],
): boolean {
  const nearestRoot = path.find(({ rootOf }) => rootOf.length > 0);
  return nearestRoot?.rootOf.includes(systemId) ?? false;
}
