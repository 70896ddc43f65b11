import { describe, expect, test } from 'vitest';
import { directoryRoutes, oauthRoutes } from '#directory';
import { erasureRoutes, exchangeOperationRoutes, ladderRoutes, nativeRoutes, reportRoutes } from '#exchange';
import type { Exchange } from '#exchange';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { generateTypes } from '../../clients/typescript/generate.ts';

// Describing the routes calls no use case, so nothing is asked of the platform.
const platform = {} as Platform;
const hooks = { hasWaitingMail: async () => false };

const modules: Readonly<Record<string, (server: HttpServer) => Promise<void>>> = {
  directory: async (server) => {
    await server.register(directoryRoutes, { prefix: '/api/directory', platform, hooks });
  },
  exchange: async (server) => {
    await server.register(oauthRoutes, { platform, publicUrl: undefined, trustsRequestAddress: true });
    await server.register(exchangeOperationRoutes, {
      prefix: '/api/operation',
      exchange: { platform } as Exchange,
    });
    await server.register(erasureRoutes, { prefix: '/api/erasures', platform });
    await server.register(nativeRoutes, { prefix: '/api/exchange', exchange: { platform } as Exchange });
  },
  reports: async (server) => {
    await server.register(ladderRoutes, { prefix: '/api/ladders', platform });
    await server.register(reportRoutes, { prefix: '/api/reports', platform });
  },
};

describe.each(Object.entries(modules))('openapi/%s.json', (name, register) => {
  test('describes the routes as they are, in OpenAPI 3.1', async () => {
    const description = await describeRoutes(name, register);
    expect(description).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
    await expect(`${JSON.stringify(description, null, 2)}\n`).toMatchFileSnapshot(
      `../../openapi/${name}.json`,
    );
  });
});

test('the types of the TypeScript client are those of openapi/exchange.json', async () => {
  const description = await describeRoutes('exchange', modules['exchange']!);
  await expect(await generateTypes(description)).toMatchFileSnapshot(
    '../../clients/typescript/src/schema.d.ts',
  );
});

async function describeRoutes(
  name: string,
  register: (server: HttpServer) => Promise<void>,
): Promise<object> {
  const server = await createServer({ title: `Liên Thông: ${name}` });
  await register(server);
  await server.ready();
  const description = server.swagger();
  await server.close();
  return description;
}
