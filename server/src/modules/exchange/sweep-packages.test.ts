import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import { fetchDelivery, listWaiting, send, sweepPackages } from './index.ts';
import type { MessageKind } from './index.ts';

const { signal } = new AbortController();
let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }]);
});
afterAll(() => world.drop());

test('days later the orphans are gone and every package is there, of documents and statuses, of any size', async () => {
  const sent: Buffer[] = [];
  for (let sizeBytes = 10_000; sizeBytes <= 100_000; sizeBytes += 15_000) {
    sent.push(
      await accept(
        'H64.31',
        'document',
        await writeLetter({ from: 'H64.31', to: ['G10'], content: randomBytes(sizeBytes) }),
      ),
    );
  }
  const letter = { from: 'H64.31', to: ['G10'], number: '1' };
  sent.push(await accept('H64.31', 'document', await writeLetter(letter)));
  const about = { from: 'H64.31', documentId: documentIdOf(letter) };
  const longReport = writeReport({ from: 'G10', about, code: '03', description: 'đã nhận '.repeat(5_000) });
  await accept('G10', 'status', longReport);
  const files = await filesOf();
  expect(files.length).toBeGreaterThan(3);

  const orphan = world.platform.blobs.create();
  await orphan.write(randomBytes(200_000));
  await orphan.finish();
  const unfinished = world.platform.blobs.create();
  await unfinished.write(randomBytes(900_000));

  // What may still be an acceptance under way is left alone.
  const now = Temporal.Now.instant();
  expect(await sweepPackages(world.exchange, { now, signal })).toMatchObject({ removedFiles: 0 });
  const later = now.add({ hours: 100 });
  expect(await sweepPackages(world.exchange, { now: later, signal })).toMatchObject({ removedFiles: 2 });
  await unfinished.discard();
  expect(await filesOf()).toEqual(files);

  const received = await fetchAll('G10', 'document');
  expect(received.map((bytes) => sent.some((one) => one.equals(bytes)))).toEqual(sent.map(() => true));
  expect(await fetchAll('H64.31', 'status')).toEqual([longReport]);
});

test('the index by package is used, so that a sweep does not read all that was ever sent', async () => {
  const plan = await inTransaction(world.test.database.app, {}, async (tx) => {
    await tx.query('set local enable_seqscan = off');
    return tx.query<{ 'QUERY PLAN': string }>(
      `explain select package_id from exchange.envelope where package_size_bytes > 65536 and package_id = any ($1::uuid[])`,
      [[crypto.randomUUID()]],
    );
  });
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('envelope_package');
});

test('a sweep that is asked to stop asks nothing more', async () => {
  const stopping = new AbortController();
  stopping.abort();
  const later = Temporal.Now.instant().add({ hours: 100 });
  const before = await filesOf();
  await expect(sweepPackages(world.exchange, { now: later, signal: stopping.signal })).rejects.toThrow(
    /abort/,
  );
  expect(await filesOf()).toEqual(before);
});

async function accept(from: string, kind: MessageKind, body: Buffer): Promise<Buffer> {
  const request = { kind, from: undefined, sizeBytes: body.length, body: bodyOf(body) };
  await send(world.exchange, await world.caller(from), request);
  return body;
}

async function fetchAll(code: string, kind: MessageKind): Promise<Buffer[]> {
  const caller = await world.caller(code);
  const fetched: Buffer[] = [];
  for (const { deliveryId } of await listWaiting(world.exchange, caller, { kind })) {
    const { content } = await fetchDelivery(world.exchange, caller, deliveryId);
    fetched.push(Buffer.concat(await Array.fromAsync(content)));
  }
  return fetched;
}

async function filesOf(): Promise<string[]> {
  const found = await readdir(join(world.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
