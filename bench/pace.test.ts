import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { summarise } from './latencies.ts';
import { run } from './pace.ts';

test('an open run times each request from when it was due, so a server that stalls cannot hide it', async () => {
  let isStalled = true;
  const stall = sleep(300).then(() => (isStalled = false));
  const outcome = await run({ kind: 'open', perSecond: 200, seconds: 0.5, callers: 2 }, async () => {
    if (isStalled) await stall;
  });
  expect(outcome.latenciesMilliseconds.length).toBe(100);
  // Some sixty requests were due while the server slept. A closed loop of two callers would have noticed two.
  const slowCount = outcome.latenciesMilliseconds.filter((milliseconds) => milliseconds > 50).length;
  expect(slowCount).toBeGreaterThan(35);
});

test('an open run keeps its rate whatever the server does', async () => {
  const pace = { kind: 'open', perSecond: 500, seconds: 0.4, callers: 50 } as const;
  const atOnce = await run(pace, async () => undefined);
  const slowly = await run(pace, () => sleep(20));
  expect(slowly.latenciesMilliseconds.length).toBe(200);
  expect(atOnce.seconds).toBeGreaterThan(0.39);
  // One after the other they would take ten times as long.
  expect(slowly.seconds / atOnce.seconds).toBeLessThan(3);
});

test('an open run that cannot be caught up with ends, and counts as failed what was not sent', async () => {
  const never = Promise.withResolvers<void>();
  setTimeout(never.resolve, 500);
  const pace = { kind: 'open', perSecond: 100, seconds: 60, callers: 1, hopelessSeconds: 0.3 } as const;
  const outcome = await run(pace, () => never.promise);
  expect(outcome.failedCount).toBe(5_999);
});

test('a closed run has as many requests under way as it has callers', async () => {
  let underWay = 0;
  let most = 0;
  const outcome = await run({ kind: 'closed', callers: 7, seconds: 0.2 }, async () => {
    most = Math.max(most, ++underWay);
    await sleep(10);
    underWay -= 1;
  });
  expect(most).toBe(7);
  expect(outcome.latenciesMilliseconds.length).toBeGreaterThan(50);
});

test('failures are counted and the first are told', async () => {
  const outcome = await run(
    { kind: 'open', perSecond: 100, seconds: 0.1, callers: 3 },
    async (_caller, ordinal) => {
      if (ordinal % 2 === 0) throw new Error(`no ${ordinal}`);
    },
  );
  expect(outcome).toMatchObject({ failedCount: 5, failures: expect.arrayContaining(['Error: no 0']) });
  expect(outcome.latenciesMilliseconds.length).toBe(5);
});

test('percentiles are values that were measured', () => {
  const latencies = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(summarise(latencies)).toEqual({
    count: 100,
    p50Milliseconds: 50,
    p99Milliseconds: 99,
    maxMilliseconds: 100,
  });
  expect(summarise([])).toEqual({ count: 0, p50Milliseconds: 0, p99Milliseconds: 0, maxMilliseconds: 0 });
});

test('a timed run sends each request when it is due, and a counted one as many as it was told', async () => {
  const beganAt = performance.now();
  const sentAt: number[] = [];
  const dueSeconds = [0, 0.05, 0.05, 0.2];
  await run({ kind: 'timed', dueSeconds, callers: 4 }, async () => void sentAt.push(performance.now()));
  expect(sentAt).toHaveLength(4);
  for (const [index, at] of sentAt.entries()) {
    expect(at - beganAt).toBeGreaterThanOrEqual(dueSeconds[index]! * 1000);
  }
  const ordinals: number[] = [];
  await run({ kind: 'counted', callers: 3, count: 10 }, async (_, ordinal) => void ordinals.push(ordinal));
  expect(ordinals.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
