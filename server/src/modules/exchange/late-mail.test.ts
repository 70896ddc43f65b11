/** Mail that is not collected, and mail that nobody can digest. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, documentIdOf, writeLetter } from '../../../test/support/letters.ts';
import type { Letter } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import {
  fetchDelivery,
  inspectHistory,
  listSent,
  listWaiting,
  markDelivery,
  redeliver,
  returnDelivery,
  send,
} from './index.ts';
import type { MessageKind } from './index.ts';

let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

test('what nobody collected is returned once, its sender is told, and who comes late still gets it', async () => {
  const letter = await sendLetter({});
  const [copy] = await mailOf('G10');
  const key = { organisationId: (await world.caller('G10')).receivesFor[0]!, id: copy!.deliveryId };
  expect(await returnDelivery(world.exchange, key)).toBe(true);
  expect(await returnDelivery(world.exchange, key)).toBe(false);
  expect((await sentRow(letter.envelopeId)).state).toBe('returned');
  const notices = await mailOf('H64', 'status');
  expect(notices.map(({ documentId, fromCode }) => [documentId, fromCode])).toEqual([
    [letter.documentId, '00.00.W00'],
  ]);

  expect((await mailOf('G10')).map(({ state }) => state)).toEqual(['returned']);
  await confirm('G10', copy!.deliveryId);
  expect((await sentRow(letter.envelopeId)).state).toBe('done');
  expect(await returnDelivery(world.exchange, key)).toBe(false);
  expect(await findings()).toEqual([]);
});

test('what is fetched again and again and never confirmed goes behind the rest', async () => {
  const stuck = await sendLetter({ priority: 3 });
  const [copy] = await mailOf('G10');
  const caller = await world.caller('G10');
  for (let time = 0; time < 10; time++) await fetchDelivery(world.exchange, caller, copy!.deliveryId);
  const next = await sendLetter({});
  expect((await mailOf('G10')).map(({ envelopeId }) => envelopeId)).toEqual([
    next.envelopeId,
    stuck.envelopeId,
  ]);
  for (const { deliveryId } of await mailOf('G10')) await confirm('G10', deliveryId);
});

test('a letter that its receiver dies of is set aside, its updates wait, others go on; a redelivery ends it', async () => {
  const letter = await sendLetter({});
  const [copy] = await mailOf('G10');
  const caller = await world.caller('G10');
  for (let time = 0; time < 100; time++) await fetchDelivery(world.exchange, caller, copy!.deliveryId);
  expect((await sentRow(letter.envelopeId)).state).toBe('parked');

  const update = await sendLetter({ docType: 2, about: letter.documentId });
  const other = await sendLetter({});
  expect((await mailOf('G10')).map(({ envelopeId }) => envelopeId)).toEqual([other.envelopeId]);

  const redelivery = {
    organisations: caller.receivesFor,
    actor: { method: 'operator' },
    id: copy!.deliveryId,
  } as const;
  expect((await redeliver(world.exchange, redelivery)).receipt).toBeDefined();
  expect((await redeliver(world.exchange, redelivery)).receipt).toBeUndefined();
  expect((await mailOf('G10')).map(({ envelopeId }) => envelopeId)).toEqual([
    letter.envelopeId,
    update.envelopeId,
    other.envelopeId,
  ]);
  for (const { deliveryId } of await mailOf('G10')) await confirm('G10', deliveryId);
  await expect(redeliver(world.exchange, redelivery)).rejects.toThrow(/redelivery_after_done/);
  expect(await findings()).toEqual([]);
});

test('what its receiver could not store is put back into its list', async () => {
  const letter = await sendLetter({});
  const [copy] = await mailOf('G10');
  const caller = await world.caller('G10');
  await fetchDelivery(world.exchange, caller, copy!.deliveryId);
  await markDelivery(world.exchange, caller, { id: copy!.deliveryId, mark: 'fail' });
  expect(await mailOf('G10')).toEqual([]);
  await redeliver(world.exchange, {
    organisations: caller.receivesFor,
    actor: { method: 'vxp' },
    id: copy!.deliveryId,
  });
  expect((await mailOf('G10')).map(({ envelopeId }) => envelopeId)).toEqual([letter.envelopeId]);
  await expect(
    redeliver(world.exchange, {
      organisations: (await world.caller('H64')).receivesFor,
      actor: { method: 'vxp' },
      id: copy!.deliveryId,
    }),
  ).rejects.toThrow(/delivery_unknown/);
  expect(await findings()).toEqual([]);
});

let number = 0;

async function sendLetter(letter: Partial<Letter>) {
  const written = { from: 'H64', to: ['G10'], number: String(++number), ...letter };
  const bytes = await writeLetter(written);
  const request = {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
  } as const;
  const sent = await send(world.exchange, await world.caller('H64'), request);
  return { ...sent, documentId: documentIdOf(written) };
}

async function mailOf(code: string, kind: MessageKind = 'document') {
  return listWaiting(world.exchange, await world.caller(code), { kind });
}

async function confirm(code: string, id: string): Promise<void> {
  const caller = await world.caller(code);
  await fetchDelivery(world.exchange, caller, id);
  await markDelivery(world.exchange, caller, { id, mark: 'done' });
}

async function sentRow(envelopeId: string) {
  const [row] = await listSent(world.exchange, await world.caller('H64'), { kind: 'document', envelopeId });
  return row!;
}

async function findings() {
  const snapshot = {
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows as Row[],
  };
  return Array.fromAsync(inspectHistory(snapshot));
}
