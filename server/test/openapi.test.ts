import { expect, test } from 'vitest';
import { directoryRoutes } from '#directory';
import { createServer } from '#foundation/http';
import type { Platform } from '#foundation/platform';

// Describing the routes calls no use case, so nothing is asked of the platform.
const platform = {} as Platform;
const hooks = { hasWaitingMail: async () => false };

test('openapi/directory.json describes the routes as they are', async () => {
  const server = await createServer({ title: 'Liên Thông: directory' });
  await server.register(directoryRoutes, { prefix: '/api/directory', platform, hooks });
  await server.ready();
  const description = `${JSON.stringify(server.swagger(), null, 2)}\n`;
  await server.close();
  await expect(description).toMatchFileSnapshot('../../openapi/directory.json');
});
