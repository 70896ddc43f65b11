import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import type { DeliveryId } from '#foundation/ids';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import {
  destroyContents,
  fetchDelivery,
  inspectHistory,
  inspectPackages,
  listWaiting,
  markDelivery,
  readTimeline,
  send,
  sweepPackages,
} from './index.ts';
import type { Sent } from './index.ts';

const { signal } = new AbortController();
const commune = 'H64.31';
const ministry = 'G10';
const province = 'H64';
/** By the database's clock everything here was yesterday's, or will be. */
const longAgo = { keptDays: 0, signal };
let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }, { code: province }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

let count = 0;

test.each([
  ['small', 1_000],
  ['large', 200_000],
])(
  'the %s content that every recipient has stored is destroyed, and everything else stays',
  async (_size, sizeBytes) => {
    const { sent, body } = await sendLetter({ to: [ministry, province, 'X99'], sizeBytes });
    for (const code of [ministry, province]) await store(code);
    const filesBefore = await filesCount();
    expect(await destroyContents(world.exchange, { keptDays: 1, signal })).toMatchObject({
      destroyedCount: 0,
    });

    expect(await destroyContents(world.exchange, longAgo)).toEqual({ destroyedCount: 1, isComplete: true });
    expect(await destroyContents(world.exchange, longAgo)).toEqual({ destroyedCount: 0, isComplete: true });
    expect(filesBefore - (await filesCount())).toBe(sizeBytes > 65_536 ? 1 : 0);
    expect(await rowsOf(sent)).toBe(0);

    // Sender and recipients see that it is gone, in the history as well, and its receipt is what it was.
    const kinds = (await readTimeline(world.exchange, await world.caller(commune), sent.envelopeId)).map(
      ({ kind }) => kind,
    );
    expect(kinds.filter((kind) => kind === 'exchange.content_destroyed')).toHaveLength(1);
    const again = await sendBody(body);
    expect(again.receipt).toBe(sent.receipt);
    expect(await inspect()).toEqual([]);
  },
);

test('whoever asks for what was destroyed is told so, and nothing is recorded as handed out', async () => {
  const { sent } = await sendLetter({ to: [ministry] });
  const delivery = await store(ministry);
  await destroyContents(world.exchange, longAgo);
  const before = await readTimeline(world.exchange, await world.caller(commune), sent.envelopeId);
  await expect(fetchDelivery(world.exchange, await world.caller(ministry), delivery)).rejects.toMatchObject({
    code: 'exchange.content_destroyed',
  });
  expect(await readTimeline(world.exchange, await world.caller(commune), sent.envelopeId)).toEqual(before);
  expect(await inspect()).toEqual([]);
});

test('a status message that was stored goes as well, and what no recipient was reached by', async () => {
  const letter = { from: commune, to: [ministry], number: String(++count) };
  await sendBody(await writeLetter(letter));
  await store(ministry);
  const report = writeReport({
    from: ministry,
    about: { from: commune, documentId: documentIdOf(letter) },
    code: '03',
  });
  await sendAs(ministry, 'status', report);
  const [status] = await listWaiting(world.exchange, await world.caller(commune), { kind: 'status' });
  await fetchAndMark(commune, status!.deliveryId);
  const { sent } = await sendLetter({ to: [ministry, 'X98'] });
  await store(ministry);
  expect(await destroyContents(world.exchange, longAgo)).toMatchObject({ destroyedCount: 3 });
  expect(await rowsOf(sent)).toBe(0);
  expect(await inspect()).toEqual([]);
});

describe('a content stays', () => {
  test('while one of its recipients has not stored it, whatever the others did', async () => {
    const { sent } = await sendLetter({ to: [ministry, province] });
    await store(ministry);
    await expectKept(sent);
    const waiting = await firstOf(province);
    await fetch(province, waiting);
    await expectKept(sent);
    await markDelivery(world.exchange, await world.caller(province), { id: waiting, mark: 'fail' });
    await expectKept(sent);
    await markDelivery(world.exchange, await world.caller(province), { id: waiting, mark: 'done' });
    expect(await destroyContents(world.exchange, longAgo)).toMatchObject({ destroyedCount: 1 });
  });

  test.each(['waiting', 'sending', 'parked'])('while a copy is %s', async (state) => {
    const { sent } = await sendLetter({ to: [ministry] });
    await setState(sent, state);
    await expectKept(sent);
    await setState(sent, 'returned');
    expect(await destroyContents(world.exchange, longAgo)).toMatchObject({ destroyedCount: 1 });
    await setState(sent, 'waiting');
  });

  test('when it is collected in the moment in which it would be destroyed', async () => {
    const { sent } = await sendLetter({ to: [ministry] });
    const copy = await firstOf(ministry);
    await setState(sent, 'returned');
    const collector = new Client({ connectionString: world.test.ownerUrl });
    await collector.connect();
    // The collector holds the copy, as a fetch does, and has not committed yet.
    await collector.query('begin');
    await collector.query(`update exchange.delivery set state = 'fetched' where id = '${copy}'`);
    await collector.query(
      `update exchange.sent_recipient set state = 'fetched' where delivery_id = '${copy}'`,
    );
    const destroying = destroyContents(world.exchange, longAgo);
    await expect.poll(() => isSomebodyWaiting()).toBe(true);
    await collector.query('commit');
    await collector.end();
    expect(await destroying).toMatchObject({ destroyedCount: 0 });
    await setState(sent, 'recalled');
    expect(await destroyContents(world.exchange, longAgo)).toMatchObject({ destroyedCount: 1 });
    await setState(sent, 'waiting');
  });
});

test('several servers at the same work destroy each content once', async () => {
  for (let letters = 0; letters < 12; letters++) {
    await sendLetter({ to: [ministry] });
    await store(ministry);
  }
  const reports = await Promise.all([1, 2, 3, 4].map(() => destroyContents(world.exchange, longAgo)));
  expect(reports.reduce((sum, { destroyedCount }) => sum + destroyedCount, 0)).toBe(12);
  const { rows } = await owner.query(
    `select from evidence.entry where kind = 'exchange.content_destroyed' group by subject_id having count(*) > 1`,
  );
  expect(rows).toEqual([]);
  expect(await inspect()).toEqual([]);
});

test('a file that a crash left between the commit and its removal is an orphan for the sweep', async () => {
  const { sent } = await sendLetter({ to: [ministry], sizeBytes: 200_000 });
  await store(ministry);
  const blobs = { ...world.platform.blobs, drop: () => Promise.reject(new Error('killed')) };
  const dying = { ...world.exchange, platform: { ...world.platform, blobs } };
  const filesBefore = await filesCount();
  await expect(destroyContents(dying, longAgo)).rejects.toThrow('killed');
  expect([await filesCount(), await rowsOf(sent)]).toEqual([filesBefore, 0]);
  const later = Temporal.Now.instant().add({ hours: 100 });
  expect(await sweepPackages(world.exchange, { now: later, signal })).toMatchObject({ removedFiles: 1 });
  expect(await inspect()).toEqual([]);
});

describe('the doctor', () => {
  test('does not take a key that is gone for destroyed without the entry, nor an entry for the deed', async () => {
    const { sent: kept } = await sendLetter({ to: [ministry] });
    await store(ministry);
    await destroyContents(world.exchange, longAgo);
    await owner.query(`update exchange.envelope set package_key = '\\x01' where id = '${kept.envelopeId}'`);
    await owner.query(
      `update exchange.delivery set package_key = '\\x01' where envelope_id = '${kept.envelopeId}'`,
    );
    expect(await inspect()).toEqual([
      expect.stringContaining(`package_not_destroyed package of envelope ${kept.envelopeId}`),
    ]);
    await owner.query(`update exchange.envelope set package_key = null where id = '${kept.envelopeId}'`);
    await owner.query(
      `update exchange.delivery set package_key = null where envelope_id = '${kept.envelopeId}'`,
    );

    const { sent: robbed } = await sendLetter({ to: [ministry] });
    const { rows } = await owner.query<{ key: Buffer }>(
      `select package_key as key from exchange.envelope where id = '${robbed.envelopeId}'`,
    );
    for (const [table, column] of [
      ['envelope', 'id'],
      ['delivery', 'envelope_id'],
    ]) {
      await owner.query(
        `update exchange.${table} set package_key = null where ${column} = '${robbed.envelopeId}'`,
      );
    }
    expect(await inspect()).toEqual([
      expect.stringContaining(`package_key_missing package of envelope ${robbed.envelopeId}`),
    ]);
    for (const [table, column] of [
      ['envelope', 'id'],
      ['delivery', 'envelope_id'],
    ]) {
      await owner.query(
        `update exchange.${table} set package_key = $1 where ${column} = '${robbed.envelopeId}'`,
        [rows[0]!.key],
      );
    }
    await store(ministry);
    expect(await inspect()).toEqual([]);
  });
});

test('no use case can delete a key itself, nor destroy for an organisation that it does not act for', async () => {
  const { sent } = await sendLetter({ to: [ministry] });
  await store(ministry);
  const { app } = world.test.database;
  const organisations = (await world.caller(commune)).speaksFor;
  const others = (await world.caller(ministry)).speaksFor;
  for (const table of ['envelope', 'delivery']) {
    const attempt = inTransaction(app, { organisations }, (tx) =>
      tx.query(`update exchange.${table} set package_key = null`),
    );
    await expect(attempt).rejects.toThrow(/permission denied/);
  }
  const destroyed = await inTransaction(app, { organisations: others }, (tx) =>
    tx.query("select * from exchange.destroy_contents($1, $2, now() + interval '1 day')", [
      organisations[0],
      [sent.envelopeId],
    ]),
  );
  expect(destroyed).toEqual([]);
  await destroyContents(world.exchange, longAgo);
});

async function sendLetter({ to, sizeBytes = 1_000 }: { to: readonly string[]; sizeBytes?: number }) {
  const body = await writeLetter({
    from: commune,
    to,
    number: String(++count),
    content: randomBytes(sizeBytes),
  });
  return { sent: await sendBody(body), body };
}

async function sendBody(body: Buffer): Promise<Sent> {
  return sendAs(commune, 'document', body);
}

async function sendAs(code: string, kind: 'document' | 'status', body: Buffer): Promise<Sent> {
  return send(world.exchange, await world.caller(code), {
    kind,
    from: undefined,
    sizeBytes: body.length,
    body: bodyOf(body),
  });
}

async function firstOf(code: string): Promise<DeliveryId> {
  const waiting = await listWaiting(world.exchange, await world.caller(code), { kind: 'document' });
  return waiting.at(-1)!.deliveryId;
}

async function fetch(code: string, id: DeliveryId): Promise<void> {
  const { content } = await fetchDelivery(world.exchange, await world.caller(code), id);
  await Array.fromAsync(content);
}

async function fetchAndMark(code: string, id: DeliveryId): Promise<void> {
  await fetch(code, id);
  await markDelivery(world.exchange, await world.caller(code), { id, mark: 'done' });
}

/** What a receiving system does with the mail that waits. */
async function store(code: string): Promise<DeliveryId> {
  const id = await firstOf(code);
  await fetchAndMark(code, id);
  return id;
}

async function expectKept(sent: Sent): Promise<void> {
  expect(await destroyContents(world.exchange, longAgo)).toMatchObject({ destroyedCount: 0 });
  const { rows } = await owner.query<{ kept: boolean }>(
    `select package_key is not null as kept from exchange.envelope where id = '${sent.envelopeId}'`,
  );
  expect(rows).toEqual([{ kept: true }]);
}

/** Puts the only copy into a state that other use cases bring it to; put it back, since no entry says so. */
async function setState(sent: Sent, state: string): Promise<void> {
  await owner.query(`update exchange.delivery set state = $1 where envelope_id = '${sent.envelopeId}'`, [
    state,
  ]);
  await owner.query(
    `update exchange.sent_recipient set state = $1 where envelope_id = '${sent.envelopeId}'`,
    [state],
  );
}

async function isSomebodyWaiting(): Promise<boolean> {
  const { rows } = await owner.query(
    `select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`,
  );
  return rows.length > 0;
}

/** How many ciphertexts of it are in the database. */
async function rowsOf(sent: Sent): Promise<number> {
  const { rows } = await owner.query(
    `select from blob.small join exchange.envelope on package_id = small.id where envelope.id = '${sent.envelopeId}'`,
  );
  return rows.length;
}

async function filesCount(): Promise<number> {
  const entries = await readdir(join(world.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function inspect(): Promise<string[]> {
  const findings: string[] = [];
  const { blobs } = world.platform;
  const snapshot = {
    query: async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows,
  };
  for await (const { code, where } of inspectPackages(snapshot as never, { blobs })) {
    findings.push(`${code.slice('exchange.'.length)} ${where}`);
  }
  for await (const { code, where } of inspectHistory(snapshot as never)) {
    findings.push(`${code.slice('exchange.'.length)} ${where}`);
  }
  return findings;
}
