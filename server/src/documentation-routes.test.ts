import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer, type HttpServer } from '#foundation/http';
import { documentationRoutes } from './documentation-routes.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await createServer();
  await server.register(documentationRoutes);
});
afterAll(() => server.close());

test('every committed description is offered, and served as it is', async () => {
  const start = await server.inject('/api/docs/start.js');
  for (const file of readdirSync(new URL('../../openapi/', import.meta.url))) {
    expect(start.body).toContain(`/api/openapi/${file}`);
    const answer = await server.inject(`/api/openapi/${file}`);
    expect(answer.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
  }
});

test('the page and all that it loads come from this server, under a policy that lets in nothing else', async () => {
  const page = await server.inject('/api/docs');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
  expect(loaded.length).toBe(3);
  for (const url of loaded) expect((await server.inject(url)).statusCode).toBe(200);
  expect(page.body).not.toMatch(/<script>|style=|https?:/);
});

test.each(['/api/docs/../package.json', '/api/docs/index.html', '/api/openapi/schema.sql'])(
  '%s is not served',
  async (url) => {
    expect((await server.inject(url)).statusCode).toBeGreaterThanOrEqual(400);
  },
);
