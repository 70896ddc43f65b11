/** Whose address counts: the caller's, as far as those say it whom the operator trusts, and nobody else. */
import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createServer } from '#foundation/http';
import type { HttpServer, HttpServerOptions } from '#foundation/http';
import { authenticateOperatorRequests } from '#directory';
import { createTestDatabase } from './support/database.ts';
import { createWorld } from './support/world.ts';
import type { World } from './support/world.ts';

const guesses = 12;
let world: World;
let server: HttpServer;
afterEach(async () => {
  await server.close();
  await world.drop();
});

test('a caller who invents X-Forwarded-For stays one caller, and has to wait after some guesses', async () => {
  const baseUrl = await serve({});
  const statuses = await guessFrom(baseUrl, (guess) => `203.0.113.${guess}`);
  expect(statuses.at(-1)).toBe(429);
});

test('behind a trusted proxy each caller has an address of his own: one who guesses does not lock the others out', async () => {
  const baseUrl = await serve({ trustedProxies: ['127.0.0.1'] });
  expect((await guessFrom(baseUrl, () => '203.0.113.7')).at(-1)).toBe(429);
  expect(await guess(baseUrl, '198.51.100.1')).toBe(401);
});

test('what a caller wrote before the trusted proxy added his address does not count', async () => {
  const baseUrl = await serve({ trustedProxies: ['127.0.0.1'] });
  const statuses = await guessFrom(baseUrl, (guess) => `192.0.2.${guess}, 203.0.113.7`);
  expect(statuses.at(-1)).toBe(429);
});

test('a chain of two trusted proxies is followed to the caller', async () => {
  const baseUrl = await serve({ trustedProxies: ['127.0.0.1', '10.1.0.0/16'] });
  expect((await guessFrom(baseUrl, (guess) => `203.0.113.7, 10.1.0.${guess}`)).at(-1)).toBe(429);
  expect(await guess(baseUrl, '198.51.100.1, 10.1.0.9')).toBe(401);
});

test('the server ends TLS itself, with nothing older than TLS 1.2', async () => {
  const pem = (name: string) => readFileSync(new URL(`fixtures/tls/${name}.pem`, import.meta.url));
  const baseUrl = await serve({ tls: { certificate: pem('certificate'), key: pem('key') } });
  expect(baseUrl).toMatch(/^https:/);
  const ask = async (options: object): Promise<number | undefined> => {
    const asked = httpsRequest(`${baseUrl}/guess`, {
      ca: pem('certificate'),
      checkServerIdentity: () => undefined,
      ...options,
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  expect(await ask({})).toBe(401);
  // A client that would speak the old versions, ciphers of their time included.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  await expect(ask(old)).rejects.toThrow(/protocol version/);
});

async function serve(options: HttpServerOptions): Promise<string> {
  world = await createWorld([], { test: await createTestDatabase() });
  server = await createServer(options);
  server.get('/guess', { preHandler: authenticateOperatorRequests(world.platform) }, async () => 'in');
  return server.listen({ host: '127.0.0.1', port: 0 });
}

async function guessFrom(baseUrl: string, addressOf: (guess: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < guesses; count++) statuses.push(await guess(baseUrl, addressOf(count)));
  return statuses;
}

async function guess(baseUrl: string, forwardedFor: string): Promise<number> {
  const authorization = `Basic ${Buffer.from('operator:wrong').toString('base64')}`;
  const response = await fetch(`${baseUrl}/guess`, {
    headers: { authorization, 'x-forwarded-for': forwardedFor },
  });
  return response.status;
}
