import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import { createExchange, fetchDelivery, listWaiting, send } from './index.ts';
import type { Exchange, MessageKind, Sent } from './index.ts';

const commune = 'H64.31';
const ministry = 'G10';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }]);
  await give(
    world.exchange,
    commune,
    'document',
    await writeLetter({ from: commune, to: [ministry], number: '1' }),
  );
});
afterAll(() => world.drop());

test('junk before a status is left out for a system that asks for that, as it is with documents', async () => {
  const report = reportOf('01');
  await give(world.exchange, ministry, 'status', Buffer.concat([Buffer.from('1212'), report]));
  const caller = await world.caller(commune);
  const [waiting] = await listWaiting(world.exchange, caller, { kind: 'status' });
  for (const [normalisesOutgoing, expected] of [
    [true, report],
    [false, Buffer.concat([Buffer.from('1212'), report])],
  ] as const) {
    const asking = { ...caller, normalisesOutgoing };
    const { content } = await fetchDelivery(world.exchange, asking, waiting!.deliveryId);
    expect(Buffer.concat(await Array.fromAsync(content))).toEqual(expected);
  }
});

test('when the answer of PostgreSQL to the commit is lost, the package of a long status stays with its row', async () => {
  const long = reportOf('03', 'đã tiếp nhận '.repeat(4_500));
  const { database } = world.platform;
  const losing = createExchange({
    ...world.platform,
    database: { ...database, app: losingAnswersOfCommits(database.app) },
  });
  await expect(give(losing, ministry, 'status', long)).rejects.toThrow(/Connection terminated/);

  // The client sends it again, as after any 503, and hears that it was taken in.
  expect(await give(world.exchange, ministry, 'status', long)).toMatchObject({ repeated: true });
  const caller = await world.caller(commune);
  const waiting = await listWaiting(world.exchange, caller, { kind: 'status' });
  const { content } = await fetchDelivery(world.exchange, caller, waiting.at(-1)!.deliveryId);
  expect(Buffer.concat(await Array.fromAsync(content)).equals(long)).toBe(true);
});

function reportOf(code: string, description = 'Đã đến'): Buffer {
  const about = { from: commune, documentId: documentIdOf({ from: commune, number: '1' }) };
  return writeReport({ from: ministry, about, code, description });
}

async function give(exchange: Exchange, from: string, kind: MessageKind, body: Buffer): Promise<Sent> {
  const request = { kind, from: undefined, sizeBytes: body.length, body: bodyOf(body) };
  return send(exchange, await world.caller(from), request);
}

/** A transaction that wrote is committed, and then the connection breaks before the answer. */
function losingAnswersOfCommits(pool: Pool): Pool {
  const withLoss = (client: PoolClient): PoolClient => {
    let hasWritten = false;
    return new Proxy(client, {
      get(target, property) {
        if (property !== 'query') {
          const value: unknown = Reflect.get(target, property);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
        const query = target.query.bind(target) as (...asked: unknown[]) => Promise<unknown>;
        return async (asked: string | { text: string }, ...more: unknown[]) => {
          const text = typeof asked === 'string' ? asked : asked.text;
          hasWritten ||= /insert into exchange/.test(text);
          const result = await query(asked, ...more);
          if (text.startsWith('commit') && hasWritten) throw new Error('Connection terminated unexpectedly');
          return result;
        };
      },
    });
  };
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return async () => withLoss(await target.connect());
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
