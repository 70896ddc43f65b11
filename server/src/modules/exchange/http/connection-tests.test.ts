/** "Gửi thử" through the native API: each step is seen, and no figure or duty comes of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Axis } from '../../../../../clients/typescript/src/index.ts';
import { axisOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { followAll, rowsOf } from '../../../../test/support/following.ts';
import { inspectHistory } from '../index.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

let world: World;
let commune: Axis;
let other: Axis;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }]);
  await world.serve();
  [commune, other] = await Promise.all([world.api('H64.31'), world.api('G10')]);
});
afterAll(() => world.drop());

test('who connects a system sees how far a harmless document came, step by step', async () => {
  const id = await begin();
  expect(await read(id)).toMatchObject({
    organisation: 'H64.31',
    state: 'waiting',
    fetchedAt: null,
    doneAt: null,
    status: null,
  });
  const { data: waiting } = await commune.GET('/api/exchange/deliveries', { params: {} });
  const [copy] = waiting!.deliveries;
  const path = { delivery: copy!.id };
  const fetched = await commune.GET('/api/exchange/deliveries/{delivery}/message', { params: { path } });
  expect(fetched.data).toMatchObject({ subject: 'Văn bản thử kết nối – không xử lý, không vào sổ' });
  await commune.POST('/api/exchange/deliveries/{delivery}/marks', {
    params: { path },
    body: { mark: 'done' },
  });
  await commune.POST('/api/exchange/statuses', {
    body: { deliveryId: copy!.id, code: '01', text: 'Đã đến' },
  });
  expect(await read(id)).toMatchObject({
    state: 'done',
    fetchedAt: expect.any(String),
    doneAt: expect.any(String),
    status: '01',
    statusAt: expect.any(String),
  });
});

test('the answer to it does not pile up in the mailbox of the axis', async () => {
  const axis = await inTransaction(world.platform.database.app, {}, axisOrganisation);
  const rows = await rowsOf(world, 'select state from exchange.delivery where organisation_id = $1', [
    axis.organisationId,
  ]);
  expect(rows).toEqual([{ state: 'done' }]);
  const query = <Row>(text: string, parameters?: readonly unknown[]) => rowsOf<Row>(world, text, parameters);
  expect(await Array.fromAsync(inspectHistory({ query }))).toEqual([]);
});

test('it counts in no figure and makes no duty', async () => {
  await begin();
  await followAll(world);
  for (const table of ['duty', 'undelivered', 'daily_count']) {
    expect({ table, rows: await rowsOf(world, `select * from exchange.${table}`) }).toEqual({
      table,
      rows: [],
    });
  }
});

test('nobody tests an organisation of others, or sees its test', async () => {
  const refused = await other.POST('/api/exchange/connection-tests', { body: { organisation: 'H64.31' } });
  expect(refused.error).toMatchObject({ code: 'exchange.not_your_organisation' });
  const hidden = await other.GET('/api/exchange/connection-tests/{test}', {
    params: { path: { test: await begin() } },
  });
  expect(hidden.error).toMatchObject({ code: 'exchange.envelope_unknown' });
});

async function begin(): Promise<string> {
  const { data } = await commune.POST('/api/exchange/connection-tests', {
    body: { organisation: 'H64.31' },
  });
  return data!.id;
}

async function read(id: string) {
  const { data } = await commune.GET('/api/exchange/connection-tests/{test}', {
    params: { path: { test: id } },
  });
  return data;
}
