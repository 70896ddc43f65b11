import { expect, test } from 'vitest';
import { startFollowing } from './following.ts';
import type { FollowingOptions } from './following.ts';

function start(options: Partial<FollowingOptions>) {
  const said: string[] = [];
  const log = {
    warn: (_: object, message: string) => said.push(message),
  } as unknown as FollowingOptions['log'];
  const following = startFollowing({
    followLog: async () => ({ isCaughtUp: true }),
    watches: {},
    mayRun: () => true,
    log,
    everyMillis: 5,
    watchEveryMillis: 5,
    ...options,
  });
  return { stop: () => following.stop(), said };
}

test('it follows the log until there is nothing left, and then watches', async () => {
  const order: string[] = [];
  const watched = Promise.withResolvers<void>();
  let leaves = 3;
  const { stop } = start({
    followLog: async () => {
      order.push('log');
      leaves -= 1;
      return { isCaughtUp: leaves <= 0 };
    },
    watches: {
      'watching deadlines': async () => {
        order.push('deadlines');
        watched.resolve();
      },
    },
  });
  await watched.promise;
  await stop();
  expect(order.slice(0, 4)).toEqual(['log', 'log', 'log', 'deadlines']);
});

test('what fails is tried again, and said once', async () => {
  const recovered = Promise.withResolvers<void>();
  let attempts = 0;
  const { stop, said } = start({
    followLog: async () => {
      attempts += 1;
      if (attempts < 4) throw new Error('PostgreSQL is gone');
      recovered.resolve();
      return { isCaughtUp: true };
    },
  });
  await recovered.promise;
  await stop();
  expect(said).toEqual(['following the log failed, and is tried again']);
});

test('while it may not run it does nothing', async () => {
  const followed: string[] = [];
  const asked = Promise.withResolvers<void>();
  let askedTimes = 0;
  const { stop } = start({
    mayRun: () => {
      askedTimes += 1;
      if (askedTimes === 3) asked.resolve();
      return false;
    },
    followLog: async () => {
      followed.push('log');
      return { isCaughtUp: true };
    },
  });
  await asked.promise;
  await stop();
  expect(followed).toEqual([]);
});
