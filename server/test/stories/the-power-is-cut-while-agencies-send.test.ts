/**
 * X1 under a disk that forgets what was not flushed: whatever was acknowledged, and whatever a row refers to, is
 * readable after the power comes back; what was not acknowledged can simply be sent again.
 */
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExchange, fetchDelivery, inspectPackages, listSent, send } from '#exchange';
import type { Exchange, Sent } from '#exchange';
import { createBlobStore } from '#foundation/blob';
import type { Disk } from '#foundation/blob';
import { bodyOf, writeLetter } from '../support/letters.ts';
import { createPowerCutDisk } from '../support/power-cut-disk.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const sender = 'H64.31';
const receiver = 'G10';

let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld([{ code: sender }, { code: receiver }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

test('every acknowledged package is readable after a power cut, and the others can be sent again', async () => {
  const sizes = fc.constantFrom(900, 70_000, 140_000);
  let cutShort = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(sizes, { minLength: 4, maxLength: 10 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer(),
      async (sizesBytes, cutBefore, seed) => {
        await owner.query(
          'truncate exchange.envelope, exchange.sent_recipient, exchange.delivery, blob.small',
        );
        const disk = createPowerCutDisk({ seed });
        const exchange = await exchangeOn(disk);
        disk.cutBefore(disk.operationCount + cutBefore);
        const letters = await Promise.all(
          sizesBytes.map((size) => writeLetter({ from: sender, to: [receiver], content: randomBytes(size) })),
        );
        const outcomes = await Promise.allSettled(letters.map((letter) => sendLetter(exchange, letter)));
        cutShort += outcomes.filter(({ status }) => status === 'rejected').length;

        const survivor = disk.restart();
        const reopened = await exchangeOn(survivor);
        expect(await damagedPackages(reopened)).toEqual([]);
        for (const [index, outcome] of outcomes.entries()) {
          const letter = letters[index]!;
          const again = await sendLetter(reopened, letter);
          if (outcome.status === 'fulfilled') expect(again).toEqual({ ...outcome.value, repeated: true });
          expect((await fetchOf(reopened, again)).equals(letter)).toBe(true);
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(cutShort).toBeGreaterThan(10);
});

async function exchangeOn(disk: Disk): Promise<Exchange> {
  const { secrets, database } = world.platform;
  const blobs = await createBlobStore({
    folder: '/blobs',
    secrets,
    pool: database.app,
    disk,
    reserveBytes: 0,
  });
  return createExchange({ ...world.platform, blobs });
}

async function sendLetter(exchange: Exchange, body: Buffer): Promise<Sent> {
  const request = { kind: 'document', from: undefined, sizeBytes: body.length, body: bodyOf(body) } as const;
  return send(exchange, await world.caller(sender), request);
}

async function fetchOf(exchange: Exchange, { envelopeId }: Sent): Promise<Buffer> {
  const [row] = await listSent(exchange, await world.caller(sender), { kind: 'document', envelopeId });
  const { content } = await fetchDelivery(exchange, await world.caller(receiver), row!.deliveryId!);
  return Buffer.concat(await Array.fromAsync(content));
}

async function damagedPackages({ platform }: Exchange): Promise<string[]> {
  const snapshot = {
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows as Row[],
  };
  const findings = await Array.fromAsync(inspectPackages(snapshot, { blobs: platform.blobs }));
  return findings.map(({ code, where }) => `${code} ${where}`);
}
