import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeEvents, send } from '#exchange';
import { acceptedAt, followAll } from '../test/support/following.ts';
import { bodyOf, writeLetter } from '../test/support/letters.ts';
import { sequenceAll } from '../test/support/evidence.ts';
import { createWorld } from '../test/support/world.ts';
import type { World } from '../test/support/world.ts';
import { observeQueues } from './metrics-of-queues.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10' }, { code: 'H64' }]);
});
afterAll(() => world.drop());

test('what waits is counted in its step of age, and who follows the log by how far he is behind', async () => {
  await sequenceAll(world.test);
  const behind = await figuresNow();
  for (const [number, at] of [
    ['1', hoursAgo(2)],
    ['2', hoursAgo(2)],
    ['3', hoursAgo(24 * 30)],
  ] as const) {
    const bytes = await writeLetter({ from: 'G10', to: ['H64'], number });
    const message = { kind: 'document', from: undefined, sizeBytes: bytes.length } as const;
    const { envelopeId } = await send(world.exchange, await world.caller('G10'), {
      ...message,
      body: bodyOf(bytes),
    });
    await acceptedAt(world, envelopeId, { at });
  }
  await sequenceAll(world.test);
  const before = await figuresNow();
  expect(before['lienthong_duties_behind']).toBe(behind['lienthong_duties_behind']! + 3);
  expect(before['lienthong_feed_behind']).toBe(behind['lienthong_feed_behind']! + 3);
  await followAll(world);
  while (await makeEvents(world.exchange));
  expect(await figuresNow()).toMatchObject({
    lienthong_duties_behind: 0,
    lienthong_feed_behind: 0,
    lienthong_parked_copies: 0,
    'lienthong_undelivered_copies 1h': 0,
    'lienthong_undelivered_copies 1d': 2,
    'lienthong_undelivered_copies older': 1,
  });
});

/** As one scrape of a process that has just started shows them. */
async function figuresNow(): Promise<Record<string, number>> {
  const metrics = new Registry();
  observeQueues(metrics, world.test.database);
  const read = await metrics.getMetricsAsJSON();
  return Object.fromEntries(
    read.flatMap(({ name, values }) =>
      values.map(({ value, labels }) => [[name, ...Object.values(labels)].join(' '), value] as const),
    ),
  );
}

function hoursAgo(hours: number): string {
  return Temporal.Now.instant().subtract({ hours }).toString();
}
