/**
 * A province: three server processes on one PostgreSQL and one folder, behind one address. One is killed while agencies
 * send; for them it is a connection that breaks. No process holds anything that another would miss.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTrust, verifyReceiptText } from '#foundation/evidence';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createTcpProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { createVxpClient } from '../support/vxp-client.ts';

const desks = 5;

let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;
let servers: ServerProcess[];
let sandbox: SandboxFile;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-three-'));
  environment = { DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl };
  servers = [];
  for (let number = 0; number < 3; number++) servers.push(await createServerProcess({ folder, environment }));
  // The first one makes keys and state, as `lienthong init` does in production; the others find them.
  sandbox = await servers[0]!.start();
  await Promise.all(servers.slice(1).map((server) => server.start()));
  proxy = await createTcpProxy({ targets: servers.map(({ baseUrl }) => Number(new URL(baseUrl).port)) });
}, 120_000);

afterAll(async () => {
  await proxy.close();
  for (const server of servers) await server.kill();
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

test('one of three is killed under load: every acknowledged document is there once, with one receipt, in one log', async () => {
  const acknowledged = new Map<string, Set<string>>();
  const evening = new AbortController();
  const sending = Array.from({ length: desks }, async (_, desk) => {
    const client = clientOf('H64.31');
    for (let index = 0; !evening.signal.aborted; index++) {
      const number = `${desk}-${index}`;
      // Every third is large enough to become a file, which another process hands out.
      const content = Buffer.alloc(index % 3 === 0 ? 90_000 : 900, `${number} `);
      const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], number, content });
      const receipts = new Set<string>();
      // Until it is acknowledged, and once more by whichever process it then comes to.
      for (let times = 0; times < 2;) {
        const response = await client.sendEdoc(bytes).catch(() => undefined);
        if (response?.answer.status === 'OK') {
          receipts.add(response.receipt!);
          times += 1;
        } else {
          if (response) expect(response.httpStatus).toBe(503);
          await sleep(20);
        }
      }
      acknowledged.set(bytes.toString('latin1'), receipts);
    }
    client.close();
  });
  await sleep(1_500);
  await servers[1]!.kill();
  const acknowledgedBefore = acknowledged.size;
  await sleep(2_500);
  evening.abort();
  await Promise.all(sending);
  expect(acknowledgedBefore).toBeGreaterThan(desks);
  expect(acknowledged.size).toBeGreaterThan(acknowledgedBefore + desks);

  const received = (await receiveAll(clientOf('G10'))).map(({ bytes }) => bytes.toString('latin1'));
  expect(received.toSorted()).toEqual([...acknowledged.keys()].toSorted());
  const trust = parseTrust(await (await fetch(`${address()}/trust.json`)).text());
  for (const receipts of acknowledged.values()) {
    expect(receipts.size).toBe(1);
    expect(verifyReceiptText([...receipts][0]!, trust)).toMatchObject({ ok: true });
  }
  // Nothing is left waiting: the survivors go on with the log, and say so.
  await expect
    .poll(async () => (await fetch(`${address()}/readyz`)).text(), { timeout: 20_000 })
    .toMatch(/(\d+) entries, 0 waiting, checkpoint at \1\b/);
  const doctor = await runTyped(['doctor', '--evidence', '--json', '--data', folder], { environment });
  expect(doctor.stdout).toContain('"check":"evidence","state":"fine"');
}, 120_000);

test('a system that is suspended through one process is refused by the others, and one that comes back joins in', async () => {
  const [first, second, third] = servers;
  await second!.start();
  const agency = sandbox.agencies.find(({ code }) => code === 'H64.31')!;
  const direct = [second!, third!].map((server) => clientOf('H64.31', server.baseUrl));
  for (const client of direct) expect((await client.getReceivedEdocList('edoc')).answer.status).toBe('OK');

  await administer(first!, 'POST', `/api/directory/systems/${agency.system.id}/suspension`);
  for (const client of direct) {
    await expect
      .poll(async () => (await client.getReceivedEdocList('edoc')).answer.status, { timeout: 5_000 })
      .toBe('FAIL');
  }
  for (const client of direct) client.close();
});

function address(): string {
  return `http://127.0.0.1:${proxy.port}`;
}

function clientOf(code: string, baseUrl = address()) {
  const { system } = sandbox.agencies.find((agency) => agency.code === code)!;
  return createVxpClient({ baseUrl: `${baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}

async function administer({ baseUrl }: ServerProcess, method: string, path: string): Promise<void> {
  const { id, secret } = sandbox.operator;
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'idempotency-key': 'suspend-1',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reason: 'Thử tạm dừng' }),
  });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
}
