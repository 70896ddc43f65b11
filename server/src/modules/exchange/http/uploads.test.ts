/** What a system uploads through the native API is under way by the same quota as what it sends. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setQuota } from '#directory';
import { writeLetter } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }]);
  const by = { method: 'operator', credential: 'tester' } as const;
  const { id } = world.credentials('H64');
  await setQuota(world.platform, { system: id, quota: { uploads: 1 } }, by);
  await world.serve();
  const { secret } = await world.api('H64');
  const answer = await fetch(`${world.rootUrl()}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    }),
  });
  token = ((await answer.json()) as { access_token: string }).access_token;
});
afterAll(() => world.drop());

test('pieces that arrive at once fill the disk no further than the quota allows', async () => {
  const begun = await fetch(`${world.rootUrl()}/api/exchange/uploads`, {
    method: 'POST',
    headers: headers({ 'upload-length': '10' }),
  });
  const url = `${world.rootUrl()}${begun.headers.get('location')}`;

  const arriving = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const slow = patch(
    url,
    new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(Buffer.from('12345'));
        arriving.resolve();
        await rest.promise;
        controller.enqueue(Buffer.from('67890'));
        controller.close();
      },
    }),
  );
  await arriving.promise;
  await expect
    .poll(async () => {
      const answer = await patch(url, Buffer.from('1234567890'), { 'upload-checksum': wrongChecksum });
      return ((await answer.json()) as { code: string }).code;
    })
    .toBe('exchange.uploads_too_many');
  rest.resolve();
  expect((await slow).status).toBe(204);
});

test('a repeat under its key is read no further than a package can be', async () => {
  const url = `${world.rootUrl()}/api/exchange/packages`;
  const body = await writeLetter({ from: 'H64', to: ['G10'] });
  const more = { 'content-type': 'application/octet-stream', 'idempotency-key': 'endless' };
  const first = await fetch(url, { method: 'POST', headers: headers(more), body: new Uint8Array(body) });
  expect(first.status).toBe(201);

  const repeat = request(url, {
    method: 'POST',
    headers: { ...headers(more), 'content-length': String(3 * 1024 ** 3) },
  });
  repeat.on('error', () => undefined);
  repeat.write(body);
  const [answer] = (await once(repeat, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(413);
  repeat.destroy();
});

const wrongChecksum = `sha256 ${Buffer.alloc(32).toString('base64')}`;

function patch(url: string, body: Buffer | ReadableStream<Uint8Array>, more: Record<string, string> = {}) {
  const piece: RequestInit & { duplex: 'half' } = {
    method: 'PATCH',
    headers: headers({ 'content-type': 'application/offset+octet-stream', 'upload-offset': '0', ...more }),
    body: body instanceof ReadableStream ? body : new Uint8Array(body),
    duplex: 'half',
  };
  return fetch(url, piece);
}

function headers(more: Record<string, string>): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', ...more };
}
