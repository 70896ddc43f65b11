import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrustAnchor, requestTimeStamp } from '#foundation/crypto';
import { createServer } from '#foundation/http';
import {
  prepareSandboxAuthority,
  sandboxAuthorityPath,
  sandboxAuthorityRoutes,
} from './time-stamp-authority.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-tsa-'));
  await mkdir(join(folder, 'keys'));
});
afterAll(() => rm(folder, { recursive: true }));

test('it is made at the first start, for its owner alone, and the same after every other', async () => {
  const made = await prepareSandboxAuthority(folder, Temporal.Now.instant());
  const again = await prepareSandboxAuthority(folder, Temporal.Now.instant());
  expect(again.certificate).toEqual(made.certificate);
  expect(again.anchor).toEqual(made.anchor);
  const path = join(folder, 'keys', 'sandbox-tsa.pem');
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect((await readFile(path, 'utf8')).match(/PRIVATE KEY/g)).toHaveLength(2);
});

test('it stamps over HTTP what the ordinary client verifies', async () => {
  const authority = await prepareSandboxAuthority(folder, Temporal.Now.instant());
  const server = await createServer();
  await server.register(sandboxAuthorityRoutes, { authority });
  const baseUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    const anchors = [readTrustAnchor(authority.anchor)!];
    const stamped = await requestTimeStamp(
      { url: `${baseUrl}${sandboxAuthorityPath}`, anchors },
      Buffer.alloc(32, 7),
    );
    expect(stamped).toMatchObject({ ok: true, authority: 'Dịch vụ dấu thời gian thử nghiệm' });

    const tooLong = await server.inject({
      method: 'POST',
      url: sandboxAuthorityPath,
      payload: Buffer.alloc(5_000),
    });
    expect(tooLong.statusCode).toBe(413);
    const nonsense = await server.inject({ method: 'POST', url: sandboxAuthorityPath, payload: 'x' });
    expect(nonsense.headers['content-type']).toBe('application/timestamp-reply');
  } finally {
    await server.close();
  }
});
