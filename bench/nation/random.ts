/** Numbers that look random and are the same for the same seed: whoever doubts a figure replays exactly its traffic. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number from 0 up to, not including, the bound. */
  below(bound: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Around 0, two thirds within 1. */
  normal(): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32: a few lines, and good enough for traffic.
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(fraction() * bound);
  return {
    fraction,
    below,
    pick: (items) => items[below(items.length)]!,
    normal: () => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
  };
}

/** One of the choices, each as often as its weight says. */
export function choose<Choice>(
  random: Random,
  choices: readonly (readonly [weight: number, Choice])[],
): Choice {
  let rest = random.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    rest -= weight;
    if (rest < 0) return choice;
  }
  return choices.at(-1)![1];
}
