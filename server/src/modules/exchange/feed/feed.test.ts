/** The change feed beside a log that really sequences, with many who write at once. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../../test/support/letters.ts';
import { sequenceAll } from '../../../../test/support/evidence.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import {
  fetchDelivery,
  listWaiting,
  makeEvents,
  markDelivery,
  readFeed,
  send,
  startFeedProjector,
} from '../index.ts';
import type { FeedEvent } from '../index.ts';
import { createFeedWatch } from './feed-watch.ts';
import { inTransaction } from '#foundation/db';
import { forgetEvents } from '../store/event-rows.ts';
import { parseCursor } from './feed-event.ts';
import { maxPollsOfSystem } from './poll-places.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }, { code: 'G12' }]);
});
afterAll(() => world.drop());

test('both sides of a letter read what happened to it, in the order of the log, and nobody else does', async () => {
  const begin = { H64: await cursorOf('H64'), G10: await cursorOf('G10'), G12: await cursorOf('G12') };
  const letter = await sendLetter('H64', ['G10', 'X99'], '1');
  const copy = await take('G10');
  await report('G10', 'H64', documentIdOf({ from: 'H64', number: '1' }));
  await settle();

  expect(kindsOf(await allAfter('H64', begin.H64))).toEqual([
    'exchange.accepted',
    'exchange.arrived', // the axis' own status about X99
    'exchange.fetched',
    'exchange.done',
    'exchange.arrived', // the status of the receiver
  ]);
  const received = await allAfter('G10', begin.G10);
  expect(kindsOf(received)).toEqual([
    'exchange.arrived',
    'exchange.fetched',
    'exchange.done',
    'exchange.status_reported',
  ]);
  expect(received[0]).toMatchObject({ deliveryId: copy, envelopeId: letter.envelopeId });
  expect(await allAfter('G12', begin.G12)).toEqual([]);
});

test('a reader at any cursor misses nothing, whoever commits late, in pages of any size (X9)', async () => {
  const begin = await cursorOf('G10');
  const [alreadyThere] = await allAfter('G10', begin);
  expect(alreadyThere).toBeUndefined();

  const slow = new Client({ connectionString: world.test.ownerUrl });
  await slow.connect();
  // Draws an ordinal before the others and commits after them.
  await slow.query('begin');
  await slow.query(`select nextval('evidence.entry_ordinal')`);

  const read: FeedEvent[] = [];
  let cursor = begin;
  const written = new AbortController();
  const reading = (async () => {
    // The last page is one that was asked for when all was written.
    for (let isLast = false, found = 1; !isLast || found > 0;) {
      isLast = written.signal.aborted;
      found = await nextPage();
    }
  })();
  async function nextPage(): Promise<number> {
    await settle();
    const page = await readFeed(world.exchange, await world.caller('G10'), {
      after: cursor,
      limitRows: 1 + (read.length % 3),
    });
    read.push(...page.events);
    cursor = page.cursor;
    return page.events.length;
  }
  const sent = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const letter = await sendLetter(index % 2 ? 'H64' : 'G12', ['G10'], `x${index}`);
      return letter.envelopeId;
    }),
  );
  await slow.query('commit');
  await slow.end();
  written.abort();
  await reading;

  const arrived = read.filter(({ kind }) => kind === 'exchange.arrived');
  expect(new Set(arrived.map(({ envelopeId }) => envelopeId))).toEqual(new Set(sent));
  const whole = await allAfter('G10', begin);
  expect(kindsOf(whole).length).toBe(sent.length);
  expect(whole.map(({ index }) => index)).toEqual(whole.map(({ index }) => index).toSorted((a, b) => a - b));
});

test('circulars are passed on a few at a time, and all of them are', async () => {
  const begin = await cursorOf('G10');
  for (let index = 0; index < 4; index++) await sendLetter('H64', ['G10', 'G12', 'X98'], `many${index}`);
  await sequenceAll(world.test);
  let portions = 1;
  while (await makeEvents(world.exchange, { maxRecipients: 2 })) portions += 1;
  expect(portions).toBeGreaterThanOrEqual(4);
  expect(kindsOf(await allAfter('G10', begin))).toEqual(Array.from({ length: 4 }, () => 'exchange.arrived'));
});

test('old events are forgotten, newer ones are not, and an old cursor is told', async () => {
  const [old, between] = [
    await cursorOf('G12'),
    (await sendLetter('H64', ['G12'], 'old'), await cursorOf('G12')),
  ];
  await sendLetter('H64', ['G12'], 'new');
  await settle();
  const owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  const { position } = parseCursor(between);
  await owner.query(`update exchange.event set at = at - interval '40 days' where position <= $1`, [
    position,
  ]);
  await owner.end();
  const before = Temporal.Now.instant().subtract({ hours: 30 * 24 });
  const { app } = world.platform.database;
  const forget = () => inTransaction(app, {}, (tx) => forgetEvents(tx, { before, limitRows: 3 }));
  while ((await forget()) > 0);
  expect(kindsOf(await allAfter('G12', between))).toEqual(['exchange.arrived']);
  await expect(readFeed(world.exchange, await world.caller('G12'), { after: old })).rejects.toThrow(
    /cursor_expired/,
  );
});

test('a long poll is answered when there is something to say, and at the end of its patience', async () => {
  const projector = startFeedProjector(world.exchange, { log: { warn: () => undefined } });
  const sequencing = setInterval(() => void sequenceAll(world.test), 50);
  try {
    const caller = await world.caller('G10');
    const after = await cursorOf('G10');
    const patient = readFeed(world.exchange, caller, { after, waitSeconds: 60 });
    await sendLetter('H64', ['G10'], 'poll');
    expect(kindsOf((await patient).events)).toEqual(['exchange.arrived']);

    const empty = await readFeed(world.exchange, await world.caller('G12'), {
      after: await cursorOf('G12'),
      waitSeconds: 1,
    });
    expect(empty.events).toEqual([]);
    const gone = AbortSignal.abort();
    await readFeed(world.exchange, caller, { after: await cursorOf('G10'), waitSeconds: 60, signal: gone });
  } finally {
    clearInterval(sequencing);
    await projector.stop();
  }
});

test('a system that lets its polls pile up is told to wait, and keeps nobody else from waiting', async () => {
  const caller = await world.caller('G10');
  const gone = new AbortController();
  const { signal } = gone;
  const poll = { after: await cursorOf('G10'), waitSeconds: 60 };
  const waiting = Array.from({ length: maxPollsOfSystem }, () =>
    readFeed(world.exchange, caller, { ...poll, signal }),
  );
  await expect(readFeed(world.exchange, caller, poll)).rejects.toThrow(/polls_too_many/);
  expect((await readFeed(world.exchange, caller, { after: poll.after })).events).toEqual([]);
  const other = readFeed(world.exchange, await world.caller('G12'), { ...poll, signal });
  gone.abort();
  await Promise.all([...waiting, other]);
  expect((await readFeed(world.exchange, caller, { ...poll, waitSeconds: 1 })).events).toEqual([]);
});

test('a server that drains waits for nobody who waits for news', async () => {
  const caller = await world.caller('G10');
  const { feed, ...others } = world.exchange;
  const exchange = { ...others, feed: createFeedWatch() };
  const patient = readFeed(exchange, caller, { after: await cursorOf('G10'), waitSeconds: 60 });
  await vi.waitFor(() => expect(exchange.feed.waiting).toBeGreaterThan(0));
  exchange.feed.stop();
  expect((await patient).events).toEqual([]);
  expect(feed.isStopped).toBe(false);
  const late = await readFeed(exchange, caller, { after: await cursorOf('G10'), waitSeconds: 60 });
  expect(late.events).toEqual([]);
});

test('a cursor of another axis, of old, or of nobody is refused with what to do', async () => {
  const caller = await world.caller('G10');
  for (const after of ['', 'x', Buffer.from('1.0.x').toString('base64url'), `${await cursorOf('G10')}A`]) {
    await expect(readFeed(world.exchange, caller, { after })).rejects.toThrow(/cursor_malformed/);
  }
  const far = Buffer.from('999999999.0.ffffffff-ffff-ffff-ffff-ffffffffffff').toString('base64url');
  await expect(readFeed(world.exchange, caller, { after: far })).rejects.toThrow(/cursor_ahead/);
});

const settle = async () => {
  await sequenceAll(world.test);
  while (await makeEvents(world.exchange));
};

async function cursorOf(code: string): Promise<string> {
  await settle();
  return (await readFeed(world.exchange, await world.caller(code), {})).cursor;
}

async function allAfter(code: string, begin: string): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (let after = begin; ;) {
    const page = await readFeed(world.exchange, await world.caller(code), { after, limitRows: 7 });
    events.push(...page.events);
    after = page.cursor;
    if (!page.hasMore) return events;
  }
}

function kindsOf(events: readonly FeedEvent[]): string[] {
  return events.map(({ kind }) => kind);
}

async function sendLetter(from: string, to: readonly string[], number: string) {
  const bytes = await writeLetter({ from, to, number });
  const request = {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
  } as const;
  return send(world.exchange, await world.caller(from), request);
}

async function report(from: string, to: string, documentId: string): Promise<void> {
  const bytes = writeReport({ from, about: { from: to, documentId }, code: '03' });
  const request = { kind: 'status', from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) } as const;
  await send(world.exchange, await world.caller(from), request);
}

async function take(code: string): Promise<string> {
  const caller = await world.caller(code);
  const [mail] = await listWaiting(world.exchange, caller, { kind: 'document' });
  await fetchDelivery(world.exchange, caller, mail!.deliveryId);
  await markDelivery(world.exchange, caller, { id: mail!.deliveryId, mark: 'done' });
  return mail!.deliveryId;
}
