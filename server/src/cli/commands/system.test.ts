import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { runTyped } from '../testing/run-typed.ts';

const running: (() => void)[] = [];
/** The bodies of the requests. */
const received: string[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

/** The directory at the far end of the wire, giving every request the same answer. */
async function operatorOf(status: number, answer: unknown): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(body);
      response.statusCode = status;
      response.end(JSON.stringify(answer));
    });
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

test('a public key goes as JWK with its kid; a private one stays at home', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-key-'));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [open, secret] = [join(folder, 'cong-khai.pem'), join(folder, 'rieng.pem')];
  await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const environment = await operatorOf(201, {
    credentialId: 'c1',
    kind: 'api_key',
    secret: null,
    keyId: 'may-1',
  });
  const typed = ['system', 'rotate', 'btc.api', '--key-id', 'may-1', '--public-key'];

  const given = await runTyped([...typed, open], { environment });
  expect(given).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('kid: may-1') });
  expect(JSON.parse(received.at(-1)!)).toEqual({
    kind: 'api_key',
    publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'may-1' },
  });
  received.length = 0;
  const refused = await runTyped([...typed, secret], { environment });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('khóa riêng') });
  expect(received).toEqual([]);
  await rm(folder, { recursive: true });
});

test('the secret of LGSP is made here, so that a repeat after a lost answer gives the same', async () => {
  const environment = await operatorOf(201, { credentialId: 'c1', kind: 'lgsp', secret: 'x', others: [] });
  await runTyped(['system', 'rotate', 'btc.qlvb', '--kind', 'lgsp'], { environment });
  const { kind, secret } = JSON.parse(received.at(-1)!) as { kind: string; secret: string };
  expect(kind).toBe('lgsp');
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
});

test.each([
  [['--kind', 'ftp'], '--kind phải là một trong'],
  [['--kind', 'api-key'], 'cần --public-key'],
  [['--kind', 'lgsp', '--key-id', 'x'], 'chỉ đi với --kind api-key'],
])('a choice that makes no sense is not asked of the server: %j', async (options, sentence) => {
  const refused = await runTyped(['system', 'rotate', 'btc.qlvb', ...options]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(sentence) });
});

test("a quota is shown with what is the axis' own, and only what was typed is changed", async () => {
  const environment = await operatorOf(200, {
    effective: { requestsPerSecond: 2000, messagesPerMinute: 60, uploads: 256, uploadBytes: 17179869184 },
    override: { requestsPerSecond: null, messagesPerMinute: 60, uploads: null, uploadBytes: null },
  });
  const shown = await runTyped(['system', 'quota', 'btc.qlvb'], { environment });
  expect(shown.stdout).toMatch(/Văn bản và trạng thái mỗi phút +60 *\n/);
  expect(shown.stdout).toMatch(/Số gói tin nhận cùng lúc +256 +mặc định/);
  const typed = ['system', 'quota', 'btc.qlvb', '--messages-per-minute', '60', '--uploads', 'default'];
  await runTyped(typed, { environment });
  expect(JSON.parse(received.at(-1)!)).toEqual({ messagesPerMinute: 60, uploads: null });
  const wrong = await runTyped(['system', 'quota', 'btc.qlvb', '--uploads', '-1'], { environment });
  expect(wrong.exitCode).toBe(2);
});
