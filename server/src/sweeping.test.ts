import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startSweeping } from './sweeping.ts';
import type { SweepingOptions } from './sweeping.ts';

const nothing = { examinedFiles: 0, removedFiles: 0, isComplete: true };

function start(options: Partial<SweepingOptions>) {
  const said: string[] = [];
  const log = {
    info: (_: object, message: string) => said.push(message),
    warn: (_: object, message: string) => said.push(message),
  } as unknown as SweepingOptions['log'];
  const sweeping = startSweeping({
    sweep: async () => nothing,
    mayRun: () => true,
    log,
    firstAfterMillis: 10,
    everyMillis: 10,
    ...options,
  });
  return { stop: () => sweeping.stop(), said };
}

test('it sweeps again and again, also after a failure, and says what it removed', async () => {
  const outcomes = [
    () => Promise.reject(new Error('PostgreSQL is gone')),
    async () => ({ ...nothing, removedFiles: 2 }),
  ];
  const swept = Promise.withResolvers<void>();
  const { said, stop } = start({
    sweep: async () => {
      const next = outcomes.shift();
      if (!next) swept.resolve();
      return next ? next() : nothing;
    },
  });
  await swept.promise;
  await stop();
  expect(said).toEqual([
    'looking for files that nothing refers to failed',
    'removed files that nothing refers to',
  ]);
});

test('while it may not run it does nothing, and begins when it may', async () => {
  let isForked = true;
  let count = 0;
  const swept = Promise.withResolvers<void>();
  const { stop } = start({
    mayRun: () => !isForked,
    sweep: async () => {
      count += 1;
      swept.resolve();
      return nothing;
    },
  });
  await sleep(60);
  expect(count).toBe(0);
  isForked = false;
  await swept.promise;
  await stop();
});

test('asked to stop, it ends the sweep under way and starts no other', async () => {
  const begun = Promise.withResolvers<void>();
  let count = 0;
  const { said, stop } = start({
    sweep: async (signal) => {
      count += 1;
      begun.resolve();
      await sleep(60_000, undefined, { signal });
      return nothing;
    },
  });
  await begun.promise;
  await stop();
  expect([count, said]).toEqual([1, []]);
});
