import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runTyped } from '../testing/run-typed.ts';

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

/** The directory at the far end of the wire, giving every request the same answer. */
async function operatorOf(status: number, answer: unknown): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = status;
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    LIENTHONG_URL: `http://127.0.0.1:${port}`,
    LIENTHONG_OPERATOR_ID: 'quan-tri',
    LIENTHONG_OPERATOR_SECRET: 'bi-mat-bi-mat-bi-mat',
  };
}

const suspended = {
  externalId: 'btc.qlvb',
  name: 'QLVB',
  parentCode: null,
  state: 'suspended',
  stateReason: null,
};

test('suspending a suspended system says that it was so already', async () => {
  const environment = await operatorOf(200, suspended);
  const { exitCode, stdout } = await runTyped(['system', 'suspend', 'btc.qlvb'], { environment });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('đã như vậy từ trước');
  expect(stdout).not.toContain('✓');
});

test('a rotation says which secret still works and which one ended', async () => {
  const environment = await operatorOf(201, {
    credentialId: 'c3',
    secret: 'moi',
    others: [
      { credentialId: 'c2', issuedAt: '2026-11-20T01:00:00.000Z', state: 'valid' },
      { credentialId: 'c1', issuedAt: '2026-11-19T01:00:00.000Z', state: 'ended' },
    ],
  });
  const { stdout } = await runTyped(['system', 'rotate', 'btc.qlvb'], { environment });
  expect(stdout).toContain('20/11/2026 08:00:00 vẫn còn hiệu lực');
  expect(stdout).toContain('19/11/2026 08:00:00 đã hết hiệu lực');
});

test('a wrong operator secret is told as wrong, a missing one with the names of what is needed', async () => {
  const environment = await operatorOf(401, { code: 'directory.operator_unauthenticated', title: 'Cần mã' });
  const wrong = await runTyped(['system', 'list'], { environment });
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Sai mã hoặc khóa bí mật') });
  const none = await runTyped(['system', 'list', '--data', 'nowhere']);
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('LIENTHONG_OPERATOR_SECRET') });
});
