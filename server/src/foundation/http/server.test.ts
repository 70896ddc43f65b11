import { connect } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '#foundation/log';
import { createAttemptLimit } from './attempt-limit.ts';
import { basicCredentials } from './basic-credentials.ts';
import { NotReady, operationRoutes } from './operation-routes.ts';
import { languageOf } from './problem.ts';
import { acceptRawBodies, limitBody } from './raw-body.ts';
import { measureRequests } from './request-metrics.ts';
import { createServer, drain, type HttpServer, type HttpServerOptions } from './server.ts';
import type { Readable } from 'node:stream';

const opened: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});
const open = async (options?: HttpServerOptions): Promise<HttpServer> => {
  const server = await createServer(options);
  opened.push(server);
  return server;
};
const logInto = (lines: string[]) =>
  createLog({ format: 'json', level: 'info', write: (line) => lines.push(line) });
const listen = async (server: HttpServer): Promise<number> => {
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
};

test('every answer carries the safe headers and the id of its request', async () => {
  const server = await open();
  const answer = await server.inject({ url: '/nowhere' });
  expect(answer.statusCode).toBe(404);
  expect(answer.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(answer.json()).toMatchObject({
    code: 'http.not_found',
    instance: `urn:uuid:${String(answer.headers['request-id'])}`,
  });
});

test.each(['/things/%ff%zz', `/things/${'a'.repeat(5_000)}`])(
  'the impossible address %s is nowhere, and no bug of ours for the log',
  async (url) => {
    const lines: string[] = [];
    const server = await open({ log: logInto(lines) });
    server.get('/things/:id', async () => 'found');
    const answer = await server.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'http.not_found' });
    expect(lines.join('')).not.toContain('stack');
  },
);

test('a bug is answered without a word of its inside, and logged with its cause', async () => {
  const lines: string[] = [];
  const server = await open({ log: logInto(lines) });
  server.get('/bug', async () => {
    throw new Error('secret inside', { cause: new Error('deeper') });
  });
  const answer = await server.inject({ url: '/bug?personal=data', headers: { 'accept-language': 'en' } });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret inside');
  expect(answer.json()).toMatchObject({ code: 'http.internal' });
  const log = lines.join('');
  expect(log).toContain('deeper');
  expect(log).toContain('"route":"/bug"');
  expect(log).not.toContain('personal');
});

test('a request is one line of the log, in which nothing is said twice', async () => {
  const lines: string[] = [];
  const server = await open({ log: logInto(lines) });
  server.get('/things', async () => 'found');
  const answer = await server.inject({ url: '/things' });
  const [line = '', ...others] = lines;
  expect(others).toEqual([]);
  const { requestId } = JSON.parse(line);
  expect(requestId).toBe(answer.headers['request-id']);
  expect(line.match(/"\w+":/g)).toEqual(
    ['level', 'time', 'pid', 'requestId', 'method', 'route', 'status', 'millis'].map((key) => `"${key}":`),
  );
});

test('trouble of the world is 503 and says when to come back', async () => {
  const server = await open();
  server.get('/trouble', async () => {
    throw new Error('cannot accept', { cause: Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }) });
  });
  const answer = await server.inject({ url: '/trouble' });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
  expect(answer.json()).toMatchObject({ code: 'http.trouble' });
});

test.each(['application/octet-stream', 'multipart/form-data; boundary=x', 'application/json', 'text/plain'])(
  'a route that wants the raw body gets it as a stream: %s',
  async (type) => {
    const server = await open();
    await server.register(async (scope) => {
      acceptRawBodies(scope);
      scope.post('/raw', async (request) => {
        const parts: Buffer[] = [];
        for await (const part of limitBody(request.body as Readable, { sizeBytes: 10 })) parts.push(part);
        return { text: Buffer.concat(parts).toString() };
      });
    });
    const send = (payload: string) =>
      server.inject({ method: 'POST', url: '/raw', payload, headers: { 'content-type': type } });
    expect((await send('{not json')).json()).toEqual({ text: '{not json' });
    const tooLarge = await send('x'.repeat(11));
    expect(tooLarge.statusCode).toBe(413);
    expect(tooLarge.json()).toMatchObject({ code: 'http.body_too_large', parameters: { limit: 10 } });
  },
);

test('a JSON body over the limit is refused', async () => {
  const server = await open();
  server.post('/json', async () => 'ok');
  const answer = await server.inject({
    method: 'POST',
    url: '/json',
    payload: { text: 'x'.repeat(1024 * 1024) },
  });
  expect(answer.statusCode).toBe(413);
});

test('headers of 60 KB are taken, of 70 KB refused', async () => {
  const server = await open();
  server.get('/', async () => 'ok');
  const port = await listen(server);
  const statusWith = async (sizeBytes: number): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ${'x'.repeat(sizeBytes)}\r\n\r\n`,
    );
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return first.toString().split(' ')[1]!;
  };
  expect(await statusWith(60_000)).toBe('200');
  expect(await statusWith(70_000)).toBe('431');
});

test('draining lets a running request finish and cuts one that does not', async () => {
  const server = await open();
  const started = Promise.withResolvers<void>();
  server.get('/slow', async () => {
    started.resolve();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { done: true };
  });
  const port = await listen(server);
  const slow = fetch(`http://127.0.0.1:${port}/slow`);
  await started.promise;
  await drain(server, { withinMillis: 5_000 });
  expect(await (await slow).json()).toEqual({ done: true });

  const stuck = await open();
  stuck.get('/stuck', () => new Promise(() => undefined));
  const request = fetch(`http://127.0.0.1:${await listen(stuck)}/stuck`);
  const outcome = expect(request).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await drain(stuck, { withinMillis: 100 });
  await outcome;
});

test('readiness names each check, and turns to draining', async () => {
  const server = await open();
  let isDraining = false;
  let isDatabaseThere = true;
  await server.register(operationRoutes, {
    checks: {
      database: async () => {
        if (!isDatabaseThere) throw new Error('password of the database: x');
        return 'answers';
      },
    },
    metrics: new Registry(),
    isDraining: () => isDraining,
  });
  expect((await server.inject('/readyz')).json()).toEqual({
    status: 'ready',
    checks: { database: { ok: true, detail: 'answers' } },
  });
  isDatabaseThere = false;
  const notReady = await server.inject('/readyz');
  expect(notReady.statusCode).toBe(503);
  expect(notReady.body).not.toContain('password');
  expect((await server.inject('/healthz')).statusCode).toBe(200);
  isDraining = true;
  expect((await server.inject('/readyz')).json()).toMatchObject({ status: 'draining' });
});

test('what a check knows to be amiss is named', async () => {
  const server = await open();
  const checks = {
    log: async () => {
      throw new NotReady('evidence.fork');
    },
  };
  await server.register(operationRoutes, { checks, metrics: new Registry(), isDraining: () => false });
  const answer = await server.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json().checks).toEqual({ log: { ok: false, detail: 'evidence.fork' } });
});

test('metrics count requests by route', async () => {
  const server = await open();
  const metrics = new Registry();
  measureRequests(server, metrics);
  server.get('/things/:id', async () => 'ok');
  await server.register(operationRoutes, { checks: {}, metrics, isDraining: () => false });
  await server.inject('/things/7');
  const text = (await server.inject('/metrics')).body;
  expect(text).toContain('route="/things/:id"');
  expect(text).not.toContain('/things/7');
});

test('an address that fails too often waits; the table stays bounded', () => {
  let now = 0;
  const limit = createAttemptLimit({ failures: 2, withinSeconds: 10, addresses: 3, now: () => now });
  limit.failed('a');
  limit.check('a');
  limit.failed('a');
  expect(() => limit.check('a')).toThrow(/Try again in 10 seconds/);
  limit.check('b');
  now = 10_000;
  limit.check('a');
  for (const address of ['a', 'a', 'b', 'c', 'd']) limit.failed(address);
  limit.check('a');
});

test.each([
  [undefined, 'vi'],
  ['en', 'en'],
  ['en-GB,en;q=0.9', 'en'],
  ['vi,en;q=0.9', 'vi'],
  ['fr', 'vi'],
  ['en;q=0', 'vi'],
  ['*;q=zzz,,;;', 'vi'],
])('Accept-Language %s is answered in %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});

test('basic credentials keep colons of the secret', () => {
  const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(basicCredentials(encode('id:a:b'))).toEqual({ id: 'id', secret: 'a:b' });
  for (const bad of [undefined, '', 'Bearer x', encode('none'), 'Basic ***', encode('id\0:a')]) {
    expect(basicCredentials(bad)).toBeUndefined();
  }
});
