/** Webhooks with real servers that listen, hang, refuse and go away. */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { resumeSystem, suspendSystem } from '#directory';
import { createSecretBox, rewrapColumn } from '#foundation/secrets';
import type { Axis } from '../../../../../clients/typescript/src/index.ts';
import { bodyOf, writeLetter } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { exchangeSealedColumns, send, startFeedProjector, startWebhookDispatcher } from '../index.ts';
import type { FeedProjector, WebhookDispatcher } from '../index.ts';

let world: World;
let owner: Client;
let commune: Axis;
let ministry: Axis;
let projector: FeedProjector;
let dispatchers: WebhookDispatcher[];
const servers: Server[] = [];
const quiet = { log: { warn: () => undefined } };

beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }, { code: 'G12' }]);
  await world.serve();
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  [commune, ministry] = await Promise.all([world.api('H64'), world.api('G10')]);
  projector = startFeedProjector(world.exchange, quiet);
});
afterAll(async () => {
  await projector.stop();
  await owner.end();
  await world.drop();
});
beforeEach(() => {
  dispatchers = [startWebhookDispatcher(world.exchange, quiet)];
});
afterEach(async () => {
  await owner.query('delete from exchange.webhook');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all(dispatchers.map((each) => each.stop()));
});

test('a system is told of what arrives, signed, and what the feed says of it is the same', async () => {
  const before = (await ministry.GET('/api/exchange/events')).data!.cursor;
  const listener = await listen();
  const secret = await register(ministry, listener.url);
  const envelope = await sendLetter('H64', ['G10']);

  const [call] = await listener.received(1);
  expect(call!.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(call!.headers).not.toHaveProperty('cookie');
  expect(isSigned(call!, secret)).toBe(true);
  expect(isSigned({ ...call!, body: `${call!.body} ` }, secret)).toBe(false);
  const { type, data } = JSON.parse(call!.body) as Told;
  expect(type).toBe('exchange.events');
  expect(data.events).toMatchObject([
    { kind: 'exchange.arrived', organisation: 'G10', envelopeId: envelope },
  ]);
  const feed = await ministry.GET('/api/exchange/events', { params: { query: { after: before } } });
  expect(data.events).toEqual(feed.data!.events);
  await vi.waitFor(async () => expect((await only(ministry)).lastSuccessAt).not.toBeNull());
  expect(await only(ministry)).toMatchObject({ state: 'active', failing: null, cursor: data.cursor });
});

test('both sides are told, each of its own, and the others of nothing', async () => {
  const [atCommune, atMinistry, elsewhere] = [await listen(), await listen(), await listen()];
  await register(commune, atCommune.url);
  await register(ministry, atMinistry.url);
  await register(await world.api('G12'), elsewhere.url);
  await sendLetter('H64', ['G10']);
  expect(kindsIn(await atCommune.received(1))).toEqual(['exchange.accepted']);
  expect(kindsIn(await atMinistry.received(1))).toEqual(['exchange.arrived']);
  expect(elsewhere.calls).toEqual([]);
});

test('the secret is shown once, the address is registered once, and there are five at most', async () => {
  const url = (path: number) => `http://127.0.0.1:1029/${path}`;
  const first = await ministry.POST('/api/exchange/webhooks', {
    body: { url: url(1), description: 'Văn thư' },
  });
  expect(first.response.status).toBe(201);
  expect(first.data!.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const again = await ministry.POST('/api/exchange/webhooks', { body: { url: url(1) } });
  expect([again.response.status, again.data!.secret]).toEqual([200, null]);
  expect(again.data!.webhook).toMatchObject({ id: first.data!.webhook.id, description: 'Văn thư' });
  await Promise.all([2, 3, 4, 5].map((path) => register(ministry, url(path))));
  const sixth = await ministry.POST('/api/exchange/webhooks', { body: { url: url(6) } });
  expect([sixth.response.status, sixth.error?.code]).toEqual([409, 'webhook.too_many']);

  const path = { webhook: first.data!.webhook.id };
  const removed = await ministry.DELETE('/api/exchange/webhooks/{webhook}', { params: { path } });
  expect(removed.response.status).toBe(204);
  const twice = await ministry.DELETE('/api/exchange/webhooks/{webhook}', { params: { path } });
  expect(twice.response.status).toBe(204);
  await register(ministry, url(6));

  const stored = await owner.query<{ text: string }>('select webhook::text as text from exchange.webhook');
  const secretBytes = Buffer.from(first.data!.secret!.slice('whsec_'.length), 'base64').toString('hex');
  expect(stored.rows.filter(({ text }) => text.includes(secretBytes))).toEqual([]);
  const answers = await owner.query<{ answer: string }>('select answer from exchange.request_key');
  expect(answers.rows.filter(({ answer }) => answer?.includes('whsec_'))).toEqual([]);
});

test.each([
  ['in a private network', 'https://10.0.0.1/hook'],
  ['of the metadata of a cloud', 'http://169.254.169.254/latest'],
  ['with a password in it', 'https://user:secret@127.0.0.1/hook'],
  ['of no server', 'gopher://example.vn/'],
])('an address %s is refused', async (_what, url) => {
  const answer = await ministry.POST('/api/exchange/webhooks', { body: { url } });
  expect([answer.response.status, answer.error?.code]).toEqual([400, 'webhook.address_unusable']);
  expect((await ministry.GET('/api/exchange/webhooks')).data!.webhooks).toEqual([]);
});

test('after a rotation the former secret signs too, also when the rotation is repeated', async () => {
  const listener = await listen();
  const former = await register(ministry, listener.url);
  const path = { webhook: (await only(ministry)).id };
  const lost = await ministry.POST('/api/exchange/webhooks/{webhook}/secrets', { params: { path } });
  const kept = await ministry.POST('/api/exchange/webhooks/{webhook}/secrets', { params: { path } });
  expect(kept.data!.formerSecretUntil).toBe(lost.data!.formerSecretUntil);
  await sendLetter('H64', ['G10']);
  const [call] = await listener.received(1);
  expect(isSigned(call!, kept.data!.secret)).toBe(true);
  expect(isSigned(call!, former)).toBe(true);
  expect(isSigned(call!, lost.data!.secret)).toBe(false);

  await owner.query(`update exchange.webhook set former_until = now() - interval '1 second'`);
  await sendLetter('H64', ['G10']);
  const [, later] = await listener.received(2);
  expect(isSigned(later!, kept.data!.secret)).toBe(true);
  expect(isSigned(later!, former)).toBe(false);
});

test('a call that failed is repeated as the same message, and what came meanwhile follows in the next', async () => {
  let isBroken = true;
  const listener = await listen(() => (isBroken ? 500 : 204));
  await register(ministry, listener.url);
  const first = await sendLetter('H64', ['G10']);
  await listener.received(1);
  await vi.waitFor(async () => expect((await only(ministry)).failing).toMatchObject({ failures: 1 }));
  expect((await only(ministry)).failing).toMatchObject({ lastFailure: 'status 500' });
  const second = await sendLetter('H64', ['G10']);
  isBroken = false;
  await makeDue();

  const [failed, repeated, next] = await listener.received(3);
  expect(repeated!.body).toBe(failed!.body);
  expect(repeated!.headers['webhook-id']).toBe(failed!.headers['webhook-id']);
  expect(next!.headers['webhook-id']).not.toBe(failed!.headers['webhook-id']);
  expect(envelopesIn([repeated!, next!])).toEqual([first, second]);
  await vi.waitFor(async () => expect((await only(ministry)).failing).toBeNull());
});

test('a server that hangs delays nobody else’s call (X7)', async () => {
  const hanging = await listen(() => undefined);
  const healthy = await listen();
  await register(ministry, hanging.url);
  await register(ministry, healthy.url);
  await sendLetter('H64', ['G10']);
  await hanging.received(1);
  await healthy.received(1);
  await sendLetter('H64', ['G10']);
  await healthy.received(2);
  expect(hanging.calls.length).toBe(1);
});

test('a webhook whose server says 410 stops at once, and begins again from where it stopped', async () => {
  let status = 410;
  const listener = await listen(() => status);
  await register(ministry, listener.url);
  const first = await sendLetter('H64', ['G10']);
  await vi.waitFor(async () => expect(await only(ministry)).toMatchObject({ state: 'stopped' }));
  expect(await only(ministry)).toMatchObject({ stopReason: 'gone', failing: { nextAttemptAt: null } });
  const second = await sendLetter('H64', ['G10']);
  status = 200;
  await makeDue();
  const path = { webhook: (await only(ministry)).id };
  const resumed = await ministry.POST('/api/exchange/webhooks/{webhook}/resumption', { params: { path } });
  expect(resumed.data).toMatchObject({ state: 'active', stopReason: null });
  const [, ...calls] = await listener.received(3);
  expect(envelopesIn(calls)).toEqual([first, second]);
  const kinds = await recordedKinds(path.webhook);
  expect(kinds).toEqual([
    'exchange.webhook_registered',
    'exchange.webhook_stopped',
    'exchange.webhook_resumed',
  ]);
});

test('a suspended system is not called, and afterwards is told everything', async () => {
  const listener = await listen();
  await register(ministry, listener.url);
  await suspendSystem(world.platform, { system: 'sys.G10' }, { method: 'axis' });
  const envelope = await sendLetter('H64', ['G10']);
  await vi.waitFor(() => expect(dispatchers[0]!.counts.get('resting') ?? 0).toBeGreaterThan(0));
  expect(listener.calls).toEqual([]);
  await resumeSystem(world.platform, { system: 'sys.G10' }, { method: 'axis' });
  await makeDue();
  expect(envelopesIn(await listener.received(1))).toEqual([envelope]);
});

test('whoever was away for longer than the feed is kept is told that events are lost', async () => {
  const listener = await listen();
  await register(ministry, listener.url);
  const old = Buffer.from('0.0.ffffffff-ffff-ffff-ffff-ffffffffffff').toString('base64url');
  await owner.query('update exchange.event_head set forgotten_before = 5');
  await owner.query('update exchange.webhook set cursor = $1', [old]);
  await makeDue();
  const [call] = await listener.received(1);
  const told = JSON.parse(call!.body) as Told;
  expect(told).toMatchObject({ type: 'exchange.events_lost', data: { cursor: expect.any(String) } });
  const envelope = await sendLetter('H64', ['G10']);
  const [, next] = await listener.received(2);
  expect(envelopesIn([next!])).toEqual([envelope]);
  const after = { params: { query: { after: told.data.cursor } } };
  expect((await ministry.GET('/api/exchange/events', after)).data!.events.length).toBe(1);
});

test('several processes tell each event once', async () => {
  dispatchers.push(
    startWebhookDispatcher(world.exchange, quiet),
    startWebhookDispatcher(world.exchange, quiet),
  );
  const listener = await listen();
  await register(ministry, listener.url);
  const sent: string[] = [];
  for (let count = 0; count < 12; count++) sent.push(await sendLetter('H64', ['G10']));
  await vi.waitFor(() => expect(envelopesIn(listener.calls).length).toBe(sent.length), { timeout: 15_000 });
  expect(envelopesIn(listener.calls)).toEqual(sent);
});

test('both of its secrets come under a new master key', async () => {
  await register(ministry, 'http://127.0.0.1:1029/hook');
  const { id } = await only(ministry);
  const [former, current] = [randomBytes(32), randomBytes(32)];
  const sealed = createSecretBox([former]).seal(Buffer.from('bí mật'), `webhook ${id}`);
  await owner.query('update exchange.webhook set secret = $1, former_secret = $1, former_until = now()', [
    sealed,
  ]);
  const pool = new Pool({ connectionString: world.test.ownerUrl });
  const columns = exchangeSealedColumns.filter(({ table }) => table === 'exchange.webhook');
  for (const column of columns) await rewrapColumn(pool, createSecretBox([current, former]), column);
  await pool.end();
  const { rows } = await owner.query<Record<'secret' | 'former_secret', Buffer>>(
    'select secret, former_secret from exchange.webhook',
  );
  const opened = [rows[0]!.secret, rows[0]!.former_secret].map((each) =>
    createSecretBox([current]).open(each, `webhook ${id}`).toString(),
  );
  expect(opened).toEqual(['bí mật', 'bí mật']);
});

test('another system neither sees nor touches it (X10)', async () => {
  await register(ministry, 'http://127.0.0.1:1029/hook');
  const params = { params: { path: { webhook: (await only(ministry)).id } } };
  expect((await commune.GET('/api/exchange/webhooks')).data!.webhooks).toEqual([]);
  const answers = [
    await commune.GET('/api/exchange/webhooks/{webhook}', params),
    await commune.POST('/api/exchange/webhooks/{webhook}/secrets', params),
    await commune.POST('/api/exchange/webhooks/{webhook}/resumption', params),
  ];
  expect(answers.map(({ error }) => error?.code)).toEqual(Array(3).fill('webhook.unknown'));
  await commune.DELETE('/api/exchange/webhooks/{webhook}', params);
  expect(await only(ministry)).toMatchObject({ formerSecretUntil: null });
});

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Told {
  readonly type: string;
  readonly data: { readonly events: { kind: string; envelopeId: string }[]; readonly cursor: string };
}

/** Answers with a status, or never where there is none. */
async function listen(statusOf: () => number | undefined = () => 200) {
  const calls: Call[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      const status = statusOf();
      if (status !== undefined) answer.writeHead(status).end('thanks');
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const received = async (count: number): Promise<Call[]> => {
    await vi.waitFor(() => expect(calls.length).toBeGreaterThanOrEqual(count), { timeout: 15_000 });
    return calls.slice(0, count);
  };
  return { url: `http://127.0.0.1:${port}/hook`, calls, received };
}

async function register(axis: Axis, url: string): Promise<string> {
  const { data } = await axis.POST('/api/exchange/webhooks', { body: { url } });
  return data!.secret!;
}

async function only(axis: Axis) {
  const { data } = await axis.GET('/api/exchange/webhooks');
  expect(data!.webhooks.length).toBe(1);
  return data!.webhooks[0]!;
}

/** As a receiver checks it (docs/protocols/webhooks.md). */
function isSigned({ headers, body }: Call, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(signature);
}

function kindsIn(calls: readonly Call[]): string[] {
  return calls.flatMap(({ body }) => (JSON.parse(body) as Told).data.events.map(({ kind }) => kind));
}

function envelopesIn(calls: readonly Call[]): string[] {
  return calls.flatMap(({ body }) =>
    (JSON.parse(body) as Told).data.events.map(({ envelopeId }) => envelopeId),
  );
}

/** Instead of waiting for a pause to end. */
async function makeDue(): Promise<void> {
  await owner.query('update exchange.webhook set due_at = now()');
}

async function recordedKinds(webhook: string): Promise<string[]> {
  const { rows } = await owner.query<{ kind: string }>(
    `select kind
     from evidence.entry
     where kind like 'exchange.webhook%'
       and convert_from(payload, 'UTF8')::jsonb #>> '{claims,webhook}' = $1
     order by recorded_at, id`,
    [webhook],
  );
  return rows.map(({ kind }) => kind);
}

let number = 0;
async function sendLetter(from: string, to: readonly string[]): Promise<string> {
  const bytes = await writeLetter({ from, to, number: `w${++number}` });
  const request = {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
  } as const;
  return (await send(world.exchange, await world.caller(from), request)).envelopeId;
}
