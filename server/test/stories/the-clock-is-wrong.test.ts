/**
 * Clocks are wrong by an hour, forwards and backwards. The one that counts is the database's, and it only ever names the
 * time of a fact: nothing is ordered, repeated or lost by it. Needs Debian's libfaketime, and for the second its PostgreSQL.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, grantRoles, migrate } from '#foundation/db';
import { parseTrust, verifyReceiptText } from '#foundation/evidence';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import { migrations } from '../../src/migrations.ts';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { createTestDatabase } from '../support/database.ts';
import { createDebianPostgres, debianPrograms, libfaketime } from '../support/debian-postgres.ts';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createServerProcess } from '../support/server-process.ts';
import { createVxpClient } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';

const hourSeconds = 3_600;

test('two servers whose clocks are two hours apart tell one story, in the time of their database', async ({
  skip,
}) => {
  skip(!libfaketime, 'libfaketime is not installed (Debian: faketime)');
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-clocks-'));
  const serverAt = (offset: string) =>
    createServerProcess({
      folder,
      environment: {
        DATABASE_URL: database.url,
        DATABASE_MIGRATION_URL: database.ownerUrl,
        LD_PRELOAD: libfaketime!,
        FAKETIME: offset,
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    });
  const servers = [await serverAt('+1h'), await serverAt('-1h')];
  try {
    const sandbox = await servers[0]!.start();
    await servers[1]!.start();
    const before = Temporal.Now.instant();
    const trust = parseTrust(await (await fetch(`${servers[0]!.baseUrl}/trust.json`)).text());
    for (let index = 0; index < 8; index++) {
      const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], number: String(index) });
      const receipts = new Set<string>();
      for (const { baseUrl } of servers) {
        const client = clientOf(sandbox, 'H64.31', baseUrl);
        const { answer, receipt } = await client.sendEdoc(bytes);
        expect(answer.status).toBe('OK');
        receipts.add(receipt!);
        client.close();
      }
      expect(receipts.size).toBe(1);
      const verdict = verifyReceiptText([...receipts][0]!, trust);
      expect(verdict).toMatchObject({ ok: true });
      if (!verdict.ok) continue;
      const wrongBySeconds = Temporal.Instant.from(verdict.payload.at).since(before).total('seconds');
      expect(Math.abs(wrongBySeconds)).toBeLessThan(hourSeconds / 2);
    }
    const client = clientOf(sandbox, 'G10', servers[1]!.baseUrl);
    expect(await receiveAll(client)).toHaveLength(8);
    client.close();
    for (const { baseUrl } of servers) {
      await expect
        .poll(async () => (await fetch(`${baseUrl}/readyz`)).text(), { timeout: 10_000 })
        .toMatch(/(\d+) entries, 0 waiting, checkpoint at \1\b/);
    }
  } finally {
    for (const server of servers) await server.kill();
    await rm(folder, { recursive: true, force: true });
    await database.drop();
  }
}, 90_000);

test('the clock of PostgreSQL jumps an hour ahead and two hours back: letters, statuses and the log go on', async ({
  skip,
}) => {
  skip(!libfaketime || !debianPrograms, 'Debian packages faketime and postgresql are not installed');
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-clock-'));
  const clock = join(folder, 'clock');
  await writeFile(clock, '+0');
  const postgres = await createDebianPostgres({
    folder,
    settings: { fsync: 'off' },
    environment: {
      LD_PRELOAD: libfaketime!,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  });
  await migrate(postgres.ownerUrl, migrations);
  await grantRoles(postgres.ownerUrl, 'lienthong');
  const database = connect({ url: postgres.url });
  const world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }], {
    test: { database, url: postgres.url, ownerUrl: postgres.ownerUrl, drop: () => database.close() },
  });
  try {
    await world.serve();
    const times: Temporal.Instant[] = [];
    const sent: string[] = [];
    for (const offset of ['+0', '+3600', '-3600', '+0']) {
      await writeFile(clock, offset);
      const bytes = await writeLetter({ from: 'H64.31', to: ['G10'] });
      const first = await world.client('H64.31').sendEdoc(bytes);
      expect(first.answer.status).toBe('OK');
      const again = await world.client('H64.31').sendEdoc(bytes);
      expect(again.receipt).toBe(first.receipt);
      sent.push(bytes.toString('latin1'));
      const payload = Buffer.from(first.receipt!.split('.')[1]!, 'base64url').toString();
      times.push(Temporal.Instant.from((JSON.parse(payload) as { at: string }).at));
    }
    const steps = times.slice(1).map((at, index) => Math.round(at.since(times[index]!).total('hours')));
    expect(steps).toEqual([1, -2, 1]);
    const received = (await receiveAll(world.client('G10'))).map(({ bytes }) => bytes.toString('latin1'));
    expect(received.toSorted()).toEqual(sent.toSorted());
    await expect
      .poll(
        async () => {
          const { rows } = await database.app.query<{ isSigned: boolean }>(
            `select (select max(size) from evidence.checkpoint) = (select size from evidence.head)
               and not exists (select from evidence.pending) as "isSigned"`,
          );
          return rows[0]!.isSigned;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
  } finally {
    await world.drop();
    await postgres.crash();
    await rm(folder, { recursive: true, force: true });
  }
}, 90_000);

test('the doctor says that the clock of this machine is not that of the database', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-clock-doctor-'));
  const environment = { DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl };
  try {
    for (const [hours, state] of [
      [0, 'fine'],
      [1, 'attention'],
      [-1, 'attention'],
    ] as const) {
      const now = Temporal.Now.instant().add({ hours });
      const { stdout } = await runTyped(['doctor', '--json', '--data', folder], { environment, now });
      expect(stdout).toContain(`"check":"clock","state":"${state}"`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database.drop();
  }
});

function clientOf(sandbox: SandboxFile, code: string, baseUrl: string) {
  const { system } = sandbox.agencies.find((agency) => agency.code === code)!;
  return createVxpClient({ baseUrl: `${baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}
