/** All chance of a run comes from its seed, so that the same seed gives the same run. */

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** From 0, below the bound. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Different ones, in a random order; fewer where there are no more. */
  some<Value>(values: readonly Value[], count: number): Value[];
  /** One of them, each as likely as its weight says. */
  weighted<Choice extends { readonly weight: number }>(choices: readonly Choice[]): Choice;
  bytes(count: number): Buffer;
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const below = (bound: number): number => Math.floor(next() * bound);
  const random: Random = {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (values) => values[below(values.length)]!,
    some(values, count) {
      const rest = [...values];
      const chosen = [];
      while (chosen.length < count && rest.length > 0) chosen.push(rest.splice(below(rest.length), 1)[0]!);
      return chosen;
    },
    weighted(choices) {
      let place = next() * choices.reduce((sum, { weight }) => sum + weight, 0);
      return choices.find(({ weight }) => (place -= weight) < 0) ?? choices.at(-1)!;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
  return random;
}

/** Small, and the same everywhere for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
