/** What an operator sees of webhooks that ail and of mail out of its list, and puts right. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOperator } from '#directory';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { bodyOf, writeLetter } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { exchangeOperationRoutes, fetchDelivery, listWaiting, markDelivery, send } from '../index.ts';
import { registerWebhook } from '../webhooks/register-webhook.ts';

let world: World;
let owner: Client;
let server: HttpServer;
const operator = { id: 'van-hanh', secret: randomUUID() };

beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  await addOperator(world.platform, operator);
  server = await createServer();
  await server.register(exchangeOperationRoutes, { prefix: '/api/operation', exchange: world.exchange });
});
afterAll(async () => {
  await server.close();
  await owner.end();
  await world.drop();
});

test('an ailing webhook is shown by its host alone, and resumed', async () => {
  const url = 'http://127.0.0.1:1029/hook?token=bi-mat';
  const { webhook } = await registerWebhook(world.exchange, await world.caller('G10'), {
    url,
    description: null,
  });
  expect((await call('GET', '/webhooks')).json()).toEqual({ webhooks: [] });
  await owner.query(
    `update exchange.webhook set state = 'stopped', stop_reason = 'failing', failures = 9, failing_since = now()`,
  );
  const shown = await call('GET', '/webhooks');
  expect(shown.json()).toMatchObject({
    webhooks: [{ id: webhook.id, host: '127.0.0.1:1029', state: 'stopped' }],
  });
  expect(shown.body).not.toContain('bi-mat');
  const resumed = await call('POST', `/webhooks/${webhook.id}/resumption`);
  expect([resumed.statusCode, resumed.json()]).toEqual([200, { state: 'active' }]);
  expect((await call('GET', '/webhooks')).json()).toEqual({ webhooks: [] });
  const unknown = await call('POST', `/webhooks/${randomUUID()}/resumption`);
  expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'webhook.unknown']);
});

test('a copy that could not be stored is shown without its subject, and goes back into the list', async () => {
  const bytes = await writeLetter({ from: 'H64', to: ['G10'], number: '1' });
  const letter = { kind: 'document', from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) } as const;
  await send(world.exchange, await world.caller('H64'), letter);
  const caller = await world.caller('G10');
  const [mail] = await listWaiting(world.exchange, caller, { kind: 'document' });
  await fetchDelivery(world.exchange, caller, mail!.deliveryId);
  await markDelivery(world.exchange, caller, { id: mail!.deliveryId, mark: 'fail' });

  const held = await call('GET', '/held-deliveries?organisation=G10&state=failed');
  expect(held.json()).toMatchObject({ deliveries: [{ id: mail!.deliveryId, from: 'H64', state: 'failed' }] });
  expect(held.body).not.toContain('subject');
  const wrong = { organisation: 'H64', delivery: mail!.deliveryId };
  expect((await call('POST', '/redeliveries', wrong)).json().code).toBe('exchange.delivery_unknown');
  const done = await call('POST', '/redeliveries', { ...wrong, organisation: 'G10' });
  expect(done.json().receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect((await listWaiting(world.exchange, caller, { kind: 'document' })).length).toBe(1);
});

async function call(method: 'GET' | 'POST', path: string, payload?: object) {
  const authorization = `Basic ${Buffer.from(`${operator.id}:${operator.secret}`).toString('base64')}`;
  const url = `/api/operation${path}`;
  return server.inject({ method, url, headers: { authorization }, ...(payload && { payload }) });
}
