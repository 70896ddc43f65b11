import { expect, test } from 'vitest';
import { createGatherer, type Outcome } from './gather.ts';

/** Writes when it is told to, and keeps what it was given. */
function heldGatherer(limits: { maxItems: number; maxWeight: number }) {
  const batches: { items: readonly number[]; settle: PromiseWithResolvers<readonly Outcome<string>[]> }[] =
    [];
  const gatherer = createGatherer<number, string>({
    ...limits,
    weigh: (item) => item,
    concurrency: 1,
    write: (items) => {
      const settle = Promise.withResolvers<readonly Outcome<string>[]>();
      batches.push({ items, settle });
      return settle.promise;
    },
  });
  const begun = async (count: number): Promise<void> => {
    while (batches.length < count) await new Promise(setImmediate);
  };
  return { gatherer, batches, begun };
}

const done = (items: readonly number[]): Outcome<string>[] => items.map((item) => ({ result: `${item}` }));

test('those who arrive during a write wait together, within the limits of a batch', async () => {
  const { gatherer, batches, begun } = heldGatherer({ maxItems: 3, maxWeight: 10 });
  const first = gatherer.submit(1);
  await begun(1);
  const others = [2, 2, 2, 9, 99].map((item) => gatherer.submit(item));
  for (let count = 1; count <= 4; count++) {
    await begun(count);
    batches[count - 1]!.settle.resolve(done(batches[count - 1]!.items));
  }
  expect(await Promise.all([first, ...others])).toEqual(['1', '2', '2', '2', '9', '99']);
  // What is heavier than a whole batch goes alone.
  expect(batches.map(({ items }) => items)).toEqual([[1], [2, 2, 2], [9], [99]]);
});

test('one refused does not fail its neighbours, and one put off goes into the next batch', async () => {
  const { gatherer, batches, begun } = heldGatherer({ maxItems: 3, maxWeight: 10 });
  const [good, bad, late] = [gatherer.submit(1), gatherer.submit(2), gatherer.submit(3)];
  await begun(1);
  batches[0]!.settle.resolve([{ result: 'good' }, { error: new Error('bad') }, { again: true }]);
  expect(await good).toBe('good');
  await expect(bad).rejects.toThrow('bad');
  await begun(2);
  batches[1]!.settle.resolve(done(batches[1]!.items));
  expect(await late).toBe('3');
});

test('it is drained only when nothing is under way, each time it is asked', async () => {
  const { gatherer, batches, begun } = heldGatherer({ maxItems: 3, maxWeight: 10 });
  for (let round = 1; round <= 2; round++) {
    const submitted = gatherer.submit(round);
    await begun(round);
    let isDrained = false;
    const drained = gatherer.drained().then(() => (isDrained = true));
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    batches[round - 1]!.settle.resolve(done(batches[round - 1]!.items));
    await Promise.all([submitted, drained]);
  }
});
