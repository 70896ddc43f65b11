/**
 * Group commit: callers that arrive while earlier ones are being written wait together and are written by one
 * transaction. One flush of the disk then serves all of them, which on a disk with a flush of some milliseconds is the
 * difference between hundreds and tens of thousands a second.
 */
export interface Gatherer<Item, Result> {
  /** Resolves when the item was written, or rejects with what its own outcome says. */
  submit(item: Item): Promise<Result>;
  /** Waits until nothing is under way. */
  drained(): Promise<void>;
  readonly waiting: number;
}

/** `again`: nothing became of it this time, it goes into the next batch. */
export type Outcome<Result> =
  | { readonly result: Result }
  | { readonly error: unknown }
  | { readonly again: true };

export interface GatherOptions<Item, Result> {
  /** Writes the items in one transaction; an outcome for each, in order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Outcome<Result>[]>;
  readonly maxItems: number;
  /** Size of an item towards `maxWeight`, e.g. its rows, so that one batch stays small in time. */
  readonly weigh: (item: Item) => number;
  readonly maxWeight: number;
  /** Batches under way at once: more than one keep database and process busy in turn. */
  readonly concurrency: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly settle: PromiseWithResolvers<Result>;
}

export function createGatherer<Item, Result>(options: GatherOptions<Item, Result>): Gatherer<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let running = 0;
  let idle: PromiseWithResolvers<void> | undefined;

  const next = (): void => {
    if (running === 0 && queue.length === 0) {
      idle?.resolve();
      idle = undefined;
    }
    if (running >= options.concurrency || queue.length === 0) return;
    running += 1;
    void writeBatch(take(queue, options), options.write).then((again) => {
      queue.unshift(...again);
      running -= 1;
      next();
    });
  };

  return {
    submit(item) {
      const settle = Promise.withResolvers<Result>();
      queue.push({ item, settle });
      // What arrives in this turn of the event loop belongs together; starting at once would write it one by one.
      setImmediate(next);
      return settle.promise;
    },
    async drained() {
      if (running === 0 && queue.length === 0) return;
      idle ??= Promise.withResolvers<void>();
      await idle.promise;
    },
    get waiting() {
      return queue.length;
    },
  };
}

function take<Item, Result>(
  queue: Waiting<Item, Result>[],
  limits: GatherOptions<Item, Result>,
): Waiting<Item, Result>[] {
  let count = 0;
  let weight = 0;
  while (count < queue.length && count < limits.maxItems) {
    weight += limits.weigh(queue[count]!.item);
    if (count > 0 && weight > limits.maxWeight) break;
    count += 1;
  }
  return queue.splice(0, count);
}

async function writeBatch<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  write: GatherOptions<Item, Result>['write'],
): Promise<Waiting<Item, Result>[]> {
  const again: Waiting<Item, Result>[] = [];
  try {
    const outcomes = await write(batch.map(({ item }) => item));
    for (const [index, waiting] of batch.entries()) {
      const outcome = outcomes[index];
      if (!outcome) waiting.settle.reject(new Error('assertion failed: a gathered item has no outcome'));
      else if ('error' in outcome) waiting.settle.reject(outcome.error);
      else if ('again' in outcome) again.push(waiting);
      else waiting.settle.resolve(outcome.result);
    }
  } catch (error) {
    for (const { settle } of batch) settle.reject(error);
  }
  return again;
}
